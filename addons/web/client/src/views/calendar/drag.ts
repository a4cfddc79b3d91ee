/** What a drag means: from steps on the grid to new moments. Pure, so that clock changes can be tested. */
import { daysBetween } from '../../domain';
import { DAY, momentAt, snap, snapDown, spotOf, type Zone } from './time';

export interface Span {
  start: string;
  end: string;
}

const minutes = (span: Span): number => Math.round((Date.parse(span.end) - Date.parse(span.start)) / 60_000);
const later = (iso: string, by: number): string => new Date(Date.parse(iso) + by * 60_000).toISOString();

/** The moment of a spot, on the side of a clock change where the event was: two o'clock may come twice. */
function near(iso: string, day: string, minute: number, zone: Zone): string {
  const from = spotOf(iso, zone);
  const moved = later(iso, daysBetween(from.day, day) * DAY + minute - from.minute);
  const shown = spotOf(moved, zone);
  return shown.day === day && shown.minute === minute ? moved : momentAt({ day, minute }, zone);
}

/** The event begins at another day and minute and lasts as long as before. */
export function movedTo(span: Span, day: string, minute: number, zone: Zone): Span {
  const over = Math.floor(minute / DAY);
  const start = over === 0 ? near(span.start, day, minute, zone) : momentAt({ day, minute }, zone);
  return { start, end: later(start, minutes(span)) };
}

/** Moved by pixels: the start goes to the nearest step, and stays in the day it is dropped on. */
export function dropped(span: Span, day: string, byMinutes: number, step: number, zone: Zone): Span {
  const from = spotOf(span.start, zone);
  if (day === from.day && Math.abs(byMinutes) < step / 2) return span;
  const wanted = Math.abs(byMinutes) < step / 2 ? from.minute : snap(from.minute + byMinutes, step);
  return movedTo(span, day, Math.min(Math.max(wanted, 0), DAY - step), zone);
}

/** The end (or the start) goes to a minute of a day; one step is the shortest an event can be. */
export function resized(
  span: Span,
  edge: 'start' | 'end',
  day: string,
  minute: number,
  step: number,
  zone: Zone,
): Span {
  const at = snap(minute, step);
  if (edge === 'start') {
    const start = near(span.start, day, Math.max(at, 0), zone);
    return {
      ...span,
      start: Date.parse(start) <= Date.parse(span.end) - step * 60_000 ? start : later(span.end, -step),
    };
  }
  const end = at >= DAY ? momentAt({ day, minute: DAY }, zone) : near(span.end, day, at, zone);
  return { ...span, end: Date.parse(end) >= Date.parse(span.start) + step * 60_000 ? end : later(span.start, step) };
}

/** The stretch that a drag over free time draws; a mere click gives the usual length. */
export function drawn(from: number, to: number, step: number, usual: number): [number, number] {
  const start = snapDown(Math.min(from, to), step);
  if (Math.abs(to - from) < step / 2) return [Math.min(start, DAY - usual), Math.min(start + usual, DAY)];
  const [top, bottom] = [snapDown(Math.min(from, to), step), Math.ceil(Math.max(from, to) / step) * step];
  return [Math.max(top, 0), Math.min(Math.max(bottom, top + step), DAY)];
}
