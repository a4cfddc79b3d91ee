/** Days and parts of dates for conditions; a day is its ISO text, so that no time zone can move it. */

const PARTS = new Set(['year', 'quarter', 'month', 'week', 'day', 'weekday', 'hour']);

/** The day of an ISO date or moment. */
export const dayOf = (iso: string): string => iso.slice(0, 10);

/** Today in a time zone, as ISO text. */
export function todayIn(zone: string | undefined, now: Date = new Date()): string {
  try {
    return new Intl.DateTimeFormat('en-CA', { timeZone: zone || undefined }).format(now);
  } catch {
    return new Intl.DateTimeFormat('en-CA').format(now);
  }
}

/** The ISO day some days away. */
export function addDays(day: string, count: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}

/** Whole days from one ISO day to another. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${dayOf(to)}T00:00:00Z`) - Date.parse(`${dayOf(from)}T00:00:00Z`)) / 86_400_000);

function isoWeek(date: Date): number {
  const thursday = new Date(date);
  thursday.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  const start = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return Math.ceil(((thursday.getTime() - start) / 86_400_000 + 1) / 7);
}

/** A part of a date or moment as a number: `close_date:month` is 1 to 12; weekday is 1 (Monday) to 7. */
export function datePart(value: unknown, part: string): number | null {
  if (typeof value !== 'string' || !value || !PARTS.has(part)) return null;
  const date = new Date(value.length === 10 ? `${value}T00:00:00Z` : value);
  if (Number.isNaN(date.getTime())) return null;
  if (part === 'year') return date.getUTCFullYear();
  if (part === 'quarter') return Math.floor(date.getUTCMonth() / 3) + 1;
  if (part === 'month') return date.getUTCMonth() + 1;
  if (part === 'week') return isoWeek(date);
  if (part === 'weekday') return date.getUTCDay() || 7;
  return part === 'hour' ? date.getUTCHours() : date.getUTCDate();
}
