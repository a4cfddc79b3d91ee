/** Records as events: their time, their resources, their colour, and what the view says about them. Pure. */
import { matches, type Scope } from '../../domain';
import type { FieldInfo, Id, Rec, Ref } from '../../rpc/types';
import type { Tone, ViewSet } from '../data';
import type { CalendarData } from './data';
import type { Span } from './drag';
import { minutesOn, type Zone } from './time';

export interface CalendarEvent extends Span {
  id: Id;
  title: string;
  resources: Id[];
  /** A hue for what the colour field says; null without one. */
  hue: number | null;
  kind: string;
  tone: Tone | null;
  record: Rec;
}
/** A column of the grid or a cell of the plan: a day, and a resource where there are several. */
export interface Column {
  key: string;
  day: string;
  /** Undefined where all resources share the column; null for events that have none. */
  resource?: Id | null;
  title: string;
}
/** An event's stretch of a day, in minutes. */
export interface Piece {
  top: number;
  bottom: number;
  event: CalendarEvent;
}

const HUES = [262, 160, 35, 310, 205, 85, 355, 130, 235, 60];
const TONES: readonly Tone[] = ['muted', 'danger', 'warning', 'success', 'accent'];

/** Colours that have a name; grey has no hue. */
const NAMED: Record<string, number | null> = {
  blue: 262,
  teal: 190,
  green: 150,
  yellow: 95,
  orange: 50,
  red: 25,
  violet: 300,
  pink: 350,
  cyan: 215,
  gray: null,
  grey: null,
};

/** The same hue for the same value each time; neighbours in a list differ. A text names its colour. */
export function hueAt(field: FieldInfo | undefined, value: unknown): number | null {
  if (!field || value === null || value === undefined || value === '') return null;
  if (typeof value === 'string' && value in NAMED) return NAMED[value] ?? null;
  const index = field.selection
    ? field.selection.findIndex(([key]) => key === value)
    : Number((value as Ref).id ?? 0) - 1;
  return HUES[Math.max(index, 0) % HUES.length] ?? null;
}

function labelOf(field: FieldInfo | undefined, value: unknown): string {
  if (field?.type === 'many2one') return (value as Ref | null)?.title ?? '';
  const label = field?.selection?.find(([key]) => key === value)?.[1] ?? '';
  return String(value) in NAMED ? '' : label;
}

/** Where the colour only has a name: what the card's first relation says. */
function kindOf(record: Rec, views: ViewSet, data: CalendarData): string {
  const item = data.fields.find((each) => views.fields[each.name]?.type === 'many2one');
  return item ? labelOf(views.fields[item.name], record[item.name]) : '';
}

/** The ids of a relation, to one or to many. */
export function idsOf(value: unknown): Id[] {
  const refs = Array.isArray(value) ? (value as Ref[]) : value ? [value as Ref] : [];
  return refs.flatMap((ref) => (typeof ref.id === 'number' ? [ref.id] : []));
}

/** The title without the kind at its end: that has a line of its own. */
export function plainTitle(value: unknown, kind: string): string {
  const title = value !== null && typeof value === 'object' ? ((value as Ref).title ?? '') : String(value ?? '');
  return kind && title.endsWith(kind) ? title.slice(0, -kind.length).replace(/\s*[·:,–-]\s*$/, '') || title : title;
}

/** A record as an event; null while it has no time. */
export function eventOf(record: Rec, views: ViewSet, data: CalendarData, scope: Scope): CalendarEvent | null {
  const [start, end] = [record[data.start], record[data.end]];
  if (typeof start !== 'string' || typeof end !== 'string') return null;
  const color = data.color ? record[data.color] : null;
  const field = data.color ? views.fields[data.color] : undefined;
  const kind = labelOf(field, color) || kindOf(record, views, data);
  return {
    id: record.id,
    start,
    end,
    record,
    title: plainTitle(record[data.title], kind) || `#${record.id}`,
    resources: data.resource ? idsOf(record[data.resource]) : [],
    hue: hueAt(field, color),
    kind,
    tone: TONES.find((tone) => data.decorate[tone] && matches(data.decorate[tone], record, scope)) ?? null,
  };
}

/** Whether an event stands in a column, whatever its day. */
export function belongs(event: Pick<CalendarEvent, 'resources'>, column: Column, known: ReadonlySet<Id>): boolean {
  if (column.resource === undefined) return true;
  if (column.resource === null) return !event.resources.some((id) => known.has(id));
  return event.resources.includes(column.resource);
}

/** The events of a column with their minutes. */
export function piecesOf(
  events: readonly CalendarEvent[],
  column: Column,
  known: ReadonlySet<Id>,
  zone: Zone,
): Piece[] {
  return events.flatMap((event) => {
    const minutes = belongs(event, column, known) ? minutesOn(column.day, event.start, event.end, zone) : null;
    return minutes ? [{ event, top: minutes[0], bottom: minutes[1] }] : [];
  });
}

/** An event goes from one column to another: that resource is exchanged, its others stay. */
export function exchanged(resources: readonly Id[], from: Column, to: Column, many: boolean): Id[] {
  if (from.resource === to.resource || to.resource === undefined) return [...resources];
  const rest = many ? resources.filter((id) => id !== from.resource && id !== to.resource) : [];
  return to.resource === null ? rest : [...rest, to.resource];
}
