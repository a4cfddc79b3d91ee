/** What a drag makes of an event: steps, edges, days, and the hours that clocks skip or show twice. */
import { describe, expect, it } from 'vitest';
import { drawn, dropped, movedTo, resized } from './drag';

const PARIS = 'Europe/Paris';
const visit = { start: '2026-05-05T07:00:00.000Z', end: '2026-05-05T07:45:00.000Z' };
const minutes = (span: { start: string; end: string }): number =>
  (Date.parse(span.end) - Date.parse(span.start)) / 60_000;

describe('a move', () => {
  it('goes to the nearest step and keeps the length', () => {
    expect(dropped(visit, '2026-05-05', 38, 15, PARIS)).toEqual({
      start: '2026-05-05T07:45:00.000Z',
      end: '2026-05-05T08:30:00.000Z',
    });
  });
  it('of less than half a step is none', () => {
    expect(dropped(visit, '2026-05-05', 7, 15, PARIS)).toBe(visit);
  });
  it('to another day keeps an odd time of day', () => {
    const odd = { start: '2026-05-05T07:10:00.000Z', end: '2026-05-05T07:40:00.000Z' };
    expect(dropped(odd, '2026-05-08', 3, 15, PARIS).start).toBe('2026-05-08T07:10:00.000Z');
  });
  it('stays within the day it is dropped on', () => {
    expect(dropped(visit, '2026-05-05', -2000, 15, PARIS).start).toBe('2026-05-04T22:00:00.000Z');
    expect(dropped(visit, '2026-05-05', 2000, 15, PARIS).start).toBe('2026-05-05T21:45:00.000Z');
  });
  it('over a clock change keeps the time of day and the length', () => {
    const before = { start: '2026-03-28T08:00:00.000Z', end: '2026-03-28T09:00:00.000Z' };
    const after = dropped(before, '2026-03-30', 0, 15, PARIS);
    expect(after).toEqual({ start: '2026-03-30T07:00:00.000Z', end: '2026-03-30T08:00:00.000Z' });
  });
  it('inside the hour that comes twice stays on its side of the change', () => {
    const second = { start: '2026-10-25T01:30:00.000Z', end: '2026-10-25T02:00:00.000Z' };
    const first = { start: '2026-10-25T00:30:00.000Z', end: '2026-10-25T01:00:00.000Z' };
    expect(dropped(second, '2026-10-25', 15, 15, PARIS).start).toBe('2026-10-25T01:45:00.000Z');
    expect(dropped(first, '2026-10-25', 15, 15, PARIS).start).toBe('2026-10-25T00:45:00.000Z');
  });
  it('into the hour that is skipped lands after it', () => {
    const span = movedTo(visit, '2026-03-29', 150, PARIS);
    expect(Date.parse(span.start)).toBeGreaterThanOrEqual(Date.parse('2026-03-29T01:00:00Z'));
    expect(minutes(span)).toBe(45);
  });
});

describe('a resize', () => {
  it('sets the end to the nearest step', () => {
    expect(resized(visit, 'end', '2026-05-05', 628, 15, PARIS).end).toBe('2026-05-05T08:30:00.000Z');
  });
  it('sets the start and leaves the end', () => {
    expect(resized(visit, 'start', '2026-05-05', 527, 15, PARIS)).toEqual({
      ...visit,
      start: '2026-05-05T06:45:00.000Z',
    });
  });
  it('never makes an event shorter than a step', () => {
    expect(minutes(resized(visit, 'end', '2026-05-05', 100, 15, PARIS))).toBe(15);
    expect(minutes(resized(visit, 'start', '2026-05-05', 700, 15, PARIS))).toBe(15);
  });
  it('ends at midnight at the latest', () => {
    expect(resized(visit, 'end', '2026-05-05', 1500, 15, PARIS).end).toBe('2026-05-05T22:00:00.000Z');
  });
});

describe('drawing over free time', () => {
  it('covers the steps that were touched, in either direction', () => {
    expect(drawn(547, 590, 15, 30)).toEqual([540, 600]);
    expect(drawn(590, 547, 15, 30)).toEqual([540, 600]);
  });
  it('by a click takes the usual length from the step that was hit', () => {
    expect(drawn(554, 556, 15, 30)).toEqual([540, 570]);
    expect(drawn(1438, 1438, 15, 30)).toEqual([1410, 1440]);
  });
});
