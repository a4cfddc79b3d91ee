/** Wall time on a calendar: days of a zone, minutes of a day, moments, steps. Pure, over the change of clocks too. */
import { addDays, daysBetween } from '../../domain';
import { momentOf, wallOf } from '../../widgets/edit/zone';

export const DAY = 24 * 60;
export type Zone = string | undefined;

/** A moment as the calendar places it: the day, and the minutes that its clock shows. */
export interface Spot {
  day: string;
  minute: number;
}

const two = (number: number): string => String(number).padStart(2, '0');

/** Where a moment stands on the calendar of a zone. */
export function spotOf(iso: string, zone: Zone): Spot {
  const { day, time } = wallOf(iso, zone);
  return { day, minute: Number(time.slice(0, 2)) * 60 + Number(time.slice(3)) };
}

/** The moment of a spot; minutes below zero or beyond the day are on the days beside it. */
export function momentAt({ day, minute }: Spot, zone: Zone): string {
  const over = Math.floor(minute / DAY);
  const rest = minute - over * DAY;
  return momentOf({ day: addDays(day, over), time: `${two(Math.floor(rest / 60))}:${two(rest % 60)}` }, zone);
}

/** From midnight to midnight in the zone: 23, 24 or 25 hours. */
export const dayRange = (day: string, zone: Zone, days = 1): [string, string] => [
  momentAt({ day, minute: 0 }, zone),
  momentAt({ day: addDays(day, days), minute: 0 }, zone),
];

/** The minutes of `day` between two moments, cut at its midnights; null where none of it is on that day. */
export function minutesOn(day: string, start: string, end: string, zone: Zone): [number, number] | null {
  const [from, to] = [spotOf(start, zone), spotOf(end, zone)];
  const top = daysBetween(day, from.day) * DAY + from.minute;
  const bottom = daysBetween(day, to.day) * DAY + to.minute;
  if (top >= DAY || Math.max(bottom, top + 1) <= 0) return null;
  // Where the clock goes back an event may seem to end before it began; it keeps the length it has.
  const lasts = Math.round((Date.parse(end) - Date.parse(start)) / 60_000);
  const shown = bottom <= top ? top + lasts : bottom;
  return [Math.max(top, 0), Math.min(shown, DAY)];
}

/** The nearest step. */
export const snap = (minute: number, step: number): number => Math.round(minute / step) * step;

/** The step that begins at or before a minute. */
export const snapDown = (minute: number, step: number): number => Math.floor(minute / step) * step;

/** Monday, or the day the person's language begins a week with. */
export function firstWeekday(language: string): number {
  try {
    // A language alone says no country: only with one is the week not the common one.
    if (!new Intl.Locale(language.replace('_', '-')).region) return 1;
    const locale = new Intl.Locale(language.replace('_', '-')) as Intl.Locale & {
      getWeekInfo?: () => { firstDay: number };
      weekInfo?: { firstDay: number };
    };
    return locale.getWeekInfo?.().firstDay ?? locale.weekInfo?.firstDay ?? 1;
  } catch {
    return 1;
  }
}

/** The first day of the week that a day is in; `first` is 1 for Monday to 7 for Sunday. */
export function weekOf(day: string, first = 1): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
  return addDays(day, -((weekday - first + 7) % 7));
}

/** The days of a scale around a day. */
export function daysOf(scale: 'day' | 'week', day: string, first = 1): string[] {
  if (scale === 'day') return [day];
  const start = weekOf(day, first);
  return Array.from({ length: 7 }, (_, at) => addDays(start, at));
}

/** A day from the URL, or the fallback where it is none. */
export function readDay(text: string | null, fallback: string): string {
  if (!text || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return fallback;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text ? text : fallback;
}
