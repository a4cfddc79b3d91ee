/** The calendar's view data as the client uses it. */
import type { Fields, WireDomain } from '../../rpc/types';
import type { Item, Tone, ViewSet } from '../data';

export type Scale = 'day' | 'week';
export interface CalendarData {
  title: string;
  start: string;
  end: string;
  resource: string | null;
  color: string | null;
  scales: Scale[];
  /** Minutes that an event is moved and resized by. */
  step: number;
  /** Exposed method of the resources' model that tells when they are open. */
  hours: string | null;
  /** What the card of an event shows beside its time. */
  fields: Item[];
  decorate: Partial<Record<Tone, WireDomain>>;
  quickCreate: Item[];
}

const STEP = 15;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const many = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const MOST_ON_CARD = 6;

/** What the card of an event shows: the fields the view names, else what the list has beside those drawn already. */
export function cardItems(set: Pick<ViewSet, 'calendar' | 'list'>): Item[] {
  const { calendar } = set;
  if (!calendar || calendar.fields.length) return calendar?.fields ?? [];
  const drawn = [calendar.title, calendar.start, calendar.end, calendar.resource, calendar.color];
  return set.list.columns.filter((column) => !drawn.includes(column.name)).slice(0, MOST_ON_CARD);
}

/** The calendar of a model, or null where it has none. */
export function readCalendar(
  source: Record<string, unknown>,
  fields: Fields,
  item: (value: unknown) => Item,
): CalendarData | null {
  const [title, start, end] = [text(source['title']), text(source['start']), text(source['end'])];
  if (!(title in fields && start in fields && end in fields)) return null;
  const known = (name: unknown): string | null => (text(name) in fields ? text(name) : null);
  const items = (value: unknown): Item[] =>
    many(value)
      .map(item)
      .filter((each) => each.name in fields);
  const scales = many(source['scales']).filter((each): each is Scale => each === 'day' || each === 'week');
  return {
    title,
    start,
    end,
    resource: known(source['resource']),
    color: known(source['color']),
    scales: scales.length ? scales : ['day', 'week'],
    step: Number(source['step'] ?? STEP),
    hours: text(source['hours']) || null,
    fields: items(source['fields']),
    decorate: (source['decorate'] ?? {}) as CalendarData['decorate'],
    quickCreate: items(source['quick_create']),
  };
}
