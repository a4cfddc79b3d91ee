/** Ranges in conditions: from the first day or moment to before the last; an end that is null is open. */
import type { FieldInfo } from '../rpc/types';

export const isSpanning = (field?: FieldInfo): boolean =>
  field?.type === 'daterange' || field?.type === 'datetimerange';

interface Span {
  from: number;
  to: number;
}

const HOUR = 3_600_000;
const at = (value: unknown, open: number): number => (typeof value === 'string' ? Date.parse(value) : open);

/** A range in milliseconds; null where there is none. */
function spanOf(value: unknown): Span | null {
  if (!Array.isArray(value) || value.length !== 2) return null;
  return { from: at(value[0], -Infinity), to: at(value[1], Infinity) };
}

/** What `contains` asks for: a range, or one day or moment, which is a range of just that. */
function wantedOf(value: unknown, field?: FieldInfo): Span | null {
  if (typeof value !== 'string') return spanOf(value);
  const from = Date.parse(field?.type === 'daterange' ? value.slice(0, 10) : value);
  return { from, to: from + (field?.type === 'daterange' ? 24 * HOUR : 1) };
}

const covers = (whole: Span, part: Span): boolean => whole.from <= part.from && part.to <= whole.to;

/** Whether the range of a record stands so to another. */
export function spans(operator: string, value: unknown, wanted: unknown, field?: FieldInfo): boolean {
  if (operator === '!=') return !spans('=', value, wanted, field);
  if (operator.startsWith('not ')) return !spans(operator.slice(4), value, wanted, field);
  if (operator === 'in') return Array.isArray(wanted) && wanted.some((each) => spans('=', value, each, field));
  const own = spanOf(value);
  const other = operator === 'contains' ? wantedOf(wanted, field) : spanOf(wanted);
  if (operator === '=') return own && other ? own.from === other.from && own.to === other.to : !own && !other;
  if (!['contains', 'within', 'overlaps'].includes(operator))
    throw new Error(`A condition uses the operator "${operator}", which ranges do not have.`);
  if (!own || !other) return false;
  if (operator === 'contains') return covers(own, other);
  if (operator === 'within') return covers(other, own);
  return own.from < other.to && other.from < own.to;
}
