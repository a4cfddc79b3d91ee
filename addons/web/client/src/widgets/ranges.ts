/** Ranges as a person reads them: the last day is part of what is shown, on the wire the range ends before it. */
import { addDays } from '../domain';

export type Ends = [string | null, string | null];

/** The ends of a range on the wire; both null where there is none. */
export function endsOf(value: unknown): Ends {
  if (!Array.isArray(value)) return [null, null];
  const [from, to] = value as unknown[];
  return [typeof from === 'string' ? from : null, typeof to === 'string' ? to : null];
}

/** First and last day of a range of days; first moment and the moment of the end, of moments. */
export function shownEnds(value: unknown, type: string): Ends {
  const [from, to] = endsOf(value);
  return [from, to !== null && type === 'daterange' ? addDays(to, -1) : to];
}

/** What the server takes for the ends that were chosen: null for no range at all. */
export function rangeOf([from, to]: Ends, type: string): Ends | null {
  if (from === null && to === null) return null;
  return [from, to !== null && type === 'daterange' ? addDays(to, 1) : to];
}

/** Why the ends make no range, or nothing. */
export function wrongEnds([from, to]: Ends, type: string): string {
  if (from === null || to === null) return '';
  const [first, last] = [Date.parse(from), Date.parse(to)];
  return last < first || (type !== 'daterange' && last === first) ? 'The end is before the beginning.' : '';
}
