/** The lines of a list, whether it is flat or grouped: records, group heads, "load more". */
import type { Fields, GroupRow, Rec, Ref, Spec, WireDomain } from '../../rpc/types';
import { choiceOf } from '../../widgets/Value';

export const PAGE = 80;

export type Entry =
  | { kind: 'record'; key: string; record: Rec | undefined; index: number; depth: number }
  | { kind: 'group'; key: string; group: GroupRow; label: string; depth: number; open: boolean }
  | { kind: 'more'; key: string; left: number; load: () => void; depth: number };

export interface Entries {
  count: number;
  at: (index: number) => Entry;
  /** All records that match, or null while it is not known. */
  total: number | null;
  busy: boolean;
  error: unknown;
  /** Which lines are visible, so that their records are fetched. */
  onRange: (first: number, last: number) => void;
  toggle: (key: string) => void;
  retry: () => void;
}
export interface Source {
  model: string;
  spec: Spec;
  domain: WireDomain;
  order: string;
}

/** What a person reads for a group: the server's words where there is a value, else which field is not filled. */
export function labelOf(fields: Fields, by: string, row: GroupRow): string {
  const value = row[by];
  const choice = fields[by]?.selection?.find(([key]) => key === value);
  if (choice) return choice[1];
  const said = row[`${by}:label`];
  const unset = value === null || value === undefined || value === '';
  return typeof said === 'string' && !unset ? said : groupLabel(fields, by, value);
}

/** A group's value as text. */
export function groupLabel(fields: Fields, by: string, value: unknown): string {
  const field = fields[by.split(/[:.]/)[0] ?? ''];
  if (value === null || value === undefined || value === '') return field ? `No ${field.label.toLowerCase()}` : 'None';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'object') return (value as Ref).title ?? ((value as Ref).hidden ? 'Not visible to you' : '');
  if (field?.type === 'selection') return choiceOf(field, value).label;
  return dateLabel(String(value), by.split(':')[1]);
}

/** A date part of a group: "March 2026", "Week of 9 Mar 2026", "2026". */
function dateLabel(value: string, part: string | undefined): string {
  if (!part || !/^\d{4}-\d{2}/.test(value)) return part === 'quarter' ? value.replace('-', ' ') : value;
  const date = new Date(`${value.slice(0, 10).padEnd(10, '-01')}T12:00:00Z`);
  const format = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en', { ...options, timeZone: 'UTC' }).format(date);
  if (part === 'year') return value.slice(0, 4);
  if (part === 'month') return format({ month: 'long', year: 'numeric' });
  if (part === 'quarter') return `Q${Math.floor(date.getUTCMonth() / 3) + 1} ${value.slice(0, 4)}`;
  if (part === 'week') return `Week of ${format({ day: 'numeric', month: 'short', year: 'numeric' })}`;
  return format({ dateStyle: 'medium' });
}
