/** How wide a column is, by what it holds, and where its text stands. */
import { pathsOf } from '../../domain';
import type { FieldInfo, Rec, Ref, WireDomain } from '../../rpc/types';
import { isNumeric } from '../../widgets/Value';
import type { Item, ListData, Tone, ViewSet } from '../data';

export interface Column {
  item: Item;
  field: FieldInfo;
  label: string;
  numeric: boolean;
  sortable: boolean;
  width: string;
  least: number;
}

/** The least and the most pixels of a column; between them it fits what it holds. */
function bounds(field: FieldInfo, first: boolean): [number, number] {
  if (first) return [200, 380];
  switch (field.type) {
    case 'boolean':
      return [64, 110];
    case 'integer':
    case 'float':
    case 'decimal':
    case 'money':
    case 'duration':
      return [84, 170];
    case 'date':
    case 'datetime':
      return [104, 150];
    case 'daterange':
      return [200, 230];
    case 'datetimerange':
      return [310, 360];
    case 'binary':
      return [120, 260];
    case 'image':
      return [64, 110];
    case 'many2many':
      return [110, 230];
    default:
      return [90, 280];
  }
}

const LETTER = 7.1;
const ASIDE: Partial<Record<FieldInfo['type'], number>> = {
  many2one: 34,
  selection: 22,
  money: 14,
  many2many: 18,
  binary: 20,
  reference: 34,
};

function letters(value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (Array.isArray(value)) return value.slice(0, 2).reduce<number>((sum, each) => sum + letters(each) + 3, 0);
  if (typeof value === 'object') return letters((value as Ref).title ?? (value as Ref)['name']);
  return String(value).length;
}

/** The width that shows nine of ten values of the first page in full. */
function fitted(field: FieldInfo, label: string, first: boolean, records: readonly Rec[]): number {
  const [least, most] = bounds(field, first);
  const labels = new Map(field.selection ?? []);
  const lengths = records
    .map((record) => letters(labels.get(String(record[field.name])) ?? record[field.name]))
    .sort((a, b) => a - b);
  const long = /^date/.test(field.type)
    ? 11
    : (lengths[Math.floor(lengths.length * (field.selection ? 1 : 0.92) - 0.01)] ?? 0);
  const head = label.length * 6.8 + 32;
  return Math.round(
    Math.min(most, Math.max(least, head, long * LETTER + 22 + (ASIDE[field.type] ?? 0) + (first ? 12 : 0))),
  );
}

/** The columns of a list; widths follow the records of its first page, once they are there. */
export function columnsOf({ list, fields }: ViewSet, records: readonly Rec[]): Column[] {
  return list.columns.flatMap((item, at) => {
    const field = fields[item.name];
    if (!field) return [];
    const label = item.label ?? field.label;
    const least = records.length ? fitted(field, label, at === 0, records) : Math.max(bounds(field, at === 0)[0], 120);
    const width =
      at === 0
        ? `minmax(${least}px, 2fr)`
        : isNumeric(field) || /^(date|datetime|boolean)$/.test(field.type)
          ? `${least}px`
          : `minmax(${least}px, 1fr)`;
    return [
      {
        item,
        field,
        label,
        numeric: isNumeric(field) && (!item.widget || item.widget === 'percent'),
        width,
        least,
        sortable: field.sortable ?? (field.stored !== false && !/2many|json|text|html/.test(field.type)),
      },
    ];
  });
}

/** The grid of every row: a place for the tick, the columns, a place for the row's actions. */
export const template = (columns: readonly Column[]): string =>
  ['36px', ...columns.map((column) => column.width), '40px'].join(' ');
export const leastWidth = (columns: readonly Column[]): number =>
  columns.reduce((sum, column) => sum + column.least, 76);

/** What a row's conditions colour: the columns they read, else the row's edge; "muted" is for the whole row. */
export interface Decoration {
  tone: Tone;
  domain: WireDomain;
  names: ReadonlySet<string>;
}
export function decorations(list: ListData): Decoration[] {
  const shown = new Set(list.columns.map((column) => column.name));
  return Object.entries(list.decorate).map(([tone, domain]) => {
    const read = pathsOf(domain)
      .map((path) => path.split('.')[0] ?? '')
      .filter((name) => shown.has(name));
    return { tone: tone as Tone, domain, names: new Set(read) };
  });
}
