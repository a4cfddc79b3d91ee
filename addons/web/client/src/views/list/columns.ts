/** How wide a column is, by what it holds, and where its text stands. */
import { pathsOf } from '../../domain';
import type { FieldInfo, WireDomain } from '../../rpc/types';
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

function size(field: FieldInfo, first: boolean): [number, string] {
  if (first) return [240, 'minmax(240px, 2.2fr)'];
  switch (field.type) {
    case 'boolean': return [76, '76px'];
    case 'integer': case 'float': return [104, '104px'];
    case 'decimal': case 'money': case 'duration': return [128, '128px'];
    case 'date': case 'datetime': return [124, '124px'];
    case 'selection': return [132, 'minmax(132px, 0.8fr)'];
    case 'many2many': return [150, 'minmax(150px, 1fr)'];
    default: return [150, 'minmax(150px, 1.1fr)'];
  }
}

export function columnsOf({ list, fields }: ViewSet): Column[] {
  return list.columns.flatMap((item, at) => {
    const field = fields[item.name];
    if (!field) return [];
    const [least, width] = size(field, at === 0);
    return [{
      item, field, label: item.label ?? field.label, numeric: isNumeric(field) && item.widget !== 'stars', width, least,
      sortable: field.sortable ?? (field.stored !== false && !/2many|json|text|html/.test(field.type)),
    }];
  });
}

/** The grid of every row: a place for the tick, the columns, a place for the row's actions. */
export const template = (columns: readonly Column[]): string => ['36px', ...columns.map((column) => column.width), '40px'].join(' ');
export const leastWidth = (columns: readonly Column[]): number => columns.reduce((sum, column) => sum + column.least, 76);

/** What a row's conditions colour: the columns they read, else the first; "muted" is for the whole row. */
export interface Decoration {
  tone: Tone;
  domain: WireDomain;
  names: ReadonlySet<string>;
}
export function decorations(list: ListData): Decoration[] {
  const shown = new Set(list.columns.map((column) => column.name));
  return Object.entries(list.decorate).map(([tone, domain]) => {
    const read = pathsOf(domain).map((path) => path.split('.')[0] ?? '').filter((name) => shown.has(name));
    const names = read.length ? read : [list.columns[0]?.name ?? ''];
    return { tone: tone as Tone, domain, names: new Set(names) };
  });
}
