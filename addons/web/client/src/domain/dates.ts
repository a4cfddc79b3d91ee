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

const UNITS = new Set(['hours', 'days', 'weeks', 'months', 'years']);

/** A day or moment moved by `{"days": -7}`; a month that is too short gives its last day. */
export function shifted(name: string, value: unknown, by: unknown): string {
  const parts = Object.entries((by ?? {}) as Record<string, unknown>);
  const day = typeof value === 'string' && value.length === 10;
  if (typeof value !== 'string' || Number.isNaN(Date.parse(value)))
    throw new Error(`A condition moves "${name}", which is no day and no moment.`);
  if (parts.some(([unit, count]) => !UNITS.has(unit) || !Number.isInteger(count) || (day && unit === 'hours')))
    throw new Error(`A condition cannot add ${JSON.stringify(by)} to "${name}".`);
  const count = (unit: string): number => Number(parts.find(([each]) => each === unit)?.[1] ?? 0);
  const date = new Date(day ? `${value}T00:00:00Z` : value);
  const wanted = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + count('months') + 12 * count('years'));
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(wanted, last) + count('days') + 7 * count('weeks'));
  date.setUTCHours(date.getUTCHours() + count('hours'));
  return day ? date.toISOString().slice(0, 10) : date.toISOString();
}
