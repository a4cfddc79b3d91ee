/** Times and days as the calendar says them. */
import { addDays } from '../../domain';
import type { RpcError } from '../../rpc/errors';
import { dateFormat, formatDuration, shortDay } from '../../widgets/format';
import type { Span } from './drag';
import { spotOf, type Zone } from './time';

const noon = (day: string): Date => new Date(`${day}T12:00:00Z`);
const plain = (language: string) => ({ language, zone: 'UTC' });

export const clock = (iso: string, zone: Zone, language: string): string =>
  dateFormat({ language, zone }, { hour: 'numeric', minute: '2-digit' }).format(new Date(iso));

/** The time beside hours that say the half of the day already: "8:30". */
export const bareClock = (iso: string, zone: Zone, language: string): string =>
  dateFormat({ language, zone }, { hour: 'numeric', minute: '2-digit' })
    .formatToParts(new Date(iso))
    .filter((part) => part.type !== 'dayPeriod')
    .map((part) => part.value)
    .join('')
    .trim();

/** An hour of the gutter: "9 AM", "09:00". */
export const hourText = (hour: number, language: string): string => {
  const format = dateFormat(plain(language), { hour: 'numeric', minute: '2-digit' });
  return format.format(new Date(Date.UTC(2026, 0, 1, hour))).replace(/^(\d+):00 /, '$1 ');
};

/** "3:45 – 4:15 PM" */
export function rangeText(span: Span, zone: Zone, language: string): string {
  if (spotOf(span.start, zone).day !== spotOf(span.end, zone).day)
    return `${clock(span.start, zone, language)} – ${clock(span.end, zone, language)}`;
  return dateFormat({ language, zone }, { hour: 'numeric', minute: '2-digit' })
    .formatRange(new Date(span.start), new Date(span.end))
    .replace(/\s*–\s*/, ' – ');
}

export const lengthText = (span: Span): string =>
  formatDuration((Date.parse(span.end) - Date.parse(span.start)) / 1000);

export const weekday = (day: string, language: string, style: 'short' | 'long' | 'narrow' = 'short'): string =>
  dateFormat(plain(language), { weekday: style }).format(noon(day));

/** "Tue, Mar 14" */
export const dayText = (day: string, language: string): string =>
  dateFormat(plain(language), { weekday: 'short', day: 'numeric', month: 'short' }).format(noon(day));

/** The title of the days that are shown: "Saturday, March 14, 2026", "Mar 9 – 15, 2026". */
export function daysText(days: readonly string[], language: string): string {
  const [first = '', last = first] = [days[0], days.at(-1)];
  if (first === last)
    return dateFormat(plain(language), { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' }).format(
      noon(first),
    );
  return dateFormat(plain(language), { day: 'numeric', month: 'short', year: 'numeric' }).formatRange(
    noon(first),
    noon(last),
  );
}

/** Day and time of an event in full: "Tue, Mar 14, 10:00 – 10:45". */
export function whenText(span: Span, zone: Zone, language: string): string {
  const [from, to] = [spotOf(span.start, zone), spotOf(span.end, zone)];
  if (from.day === to.day || (to.minute === 0 && addDays(from.day, 1) === to.day))
    return `${dayText(from.day, language)}, ${rangeText(span, zone, language)}`;
  return `${dayText(from.day, language)}, ${clock(span.start, zone, language)} – ${dayText(to.day, language)}, ${clock(span.end, zone, language)}`;
}

/** Free slots that a refusal names, in the person's own time; empty where it names none. */
export function slotsText(error: RpcError, zone: Zone, language: string): string {
  const listed = error.details['next'] ?? error.details['slots'] ?? error.details['free'];
  const starts = (Array.isArray(listed) ? listed : [])
    .map((slot) => (typeof slot === 'string' ? slot : String((slot as { start?: string } | null)?.start ?? '')))
    .filter((iso) => !Number.isNaN(Date.parse(iso)));
  if (!error.code.startsWith('slot_') || starts.length === 0) return '';
  const today = new Date().toISOString();
  const text = starts
    .slice(0, 4)
    .map((iso) => `${shortDay(spotOf(iso, zone).day, today, { language })} ${clock(iso, zone, language)}`);
  return `Free next: ${text.join(', ')}`;
}

/** The zone's own name for its time on a day, such as "GMT+2". */
export function zoneName(day: string, zone: Zone, language: string): string {
  const parts = dateFormat({ language, zone }, { timeZoneName: 'short' }).formatToParts(noon(day));
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
}

/** "Saturday, March 14, 2026" */
export const exactTitle = (day: string, language: string): string =>
  dateFormat(plain(language), { dateStyle: 'full' }).format(noon(day));
