/** Moments and their place on the calendar: zones, midnights, and days of 23 and 25 hours. */
import { describe, expect, it } from 'vitest';
import { dayRange, daysOf, minutesOn, momentAt, readDay, spotOf, weekOf } from './time';

const hours = ([from, to]: [string, string]): number => (Date.parse(to) - Date.parse(from)) / 3_600_000;

describe('a day in a zone', () => {
  it('begins at the zone’s midnight', () => {
    expect(dayRange('2026-07-01', 'America/New_York')).toEqual([
      '2026-07-01T04:00:00.000Z',
      '2026-07-02T04:00:00.000Z',
    ]);
  });
  it('has 23 hours in spring, 25 in autumn, and half an hour less on Lord Howe', () => {
    expect([hours(dayRange('2026-03-29', 'Europe/Paris')), hours(dayRange('2026-10-25', 'Europe/Paris'))]).toEqual([
      23, 25,
    ]);
    expect([
      hours(dayRange('2026-03-08', 'America/New_York')),
      hours(dayRange('2026-11-01', 'America/New_York')),
    ]).toEqual([23, 25]);
    expect([
      hours(dayRange('2026-10-04', 'Australia/Lord_Howe')),
      hours(dayRange('2026-04-05', 'Australia/Lord_Howe')),
    ]).toEqual([23.5, 24.5]);
  });
  it('goes from a spot to a moment and back, on every quarter of an hour that the clock shows', () => {
    for (const zone of ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC']) {
      for (const day of ['2026-03-28', '2026-10-24', '2026-12-31']) {
        for (let minute = 0; minute < 1440; minute += 15)
          expect(spotOf(momentAt({ day, minute }, zone), zone)).toEqual({ day, minute });
      }
    }
  });
  it('puts a time that the clock skips after the gap', () => {
    expect(
      spotOf(momentAt({ day: '2026-03-29', minute: 150 }, 'Europe/Paris'), 'Europe/Paris').minute,
    ).toBeGreaterThanOrEqual(180);
  });
  it('takes minutes beyond the day to the days beside it', () => {
    expect(momentAt({ day: '2026-05-05', minute: 1440 + 30 }, 'UTC')).toBe('2026-05-06T00:30:00.000Z');
    expect(momentAt({ day: '2026-05-05', minute: -30 }, 'UTC')).toBe('2026-05-04T23:30:00.000Z');
  });
});

describe('minutes of a day', () => {
  it('are those the clock shows', () => {
    expect(minutesOn('2026-05-05', '2026-05-05T07:00:00Z', '2026-05-05T07:45:00Z', 'Europe/Paris')).toEqual([540, 585]);
  });
  it('are cut at midnight', () => {
    const night: [string, string] = ['2026-05-05T22:00:00Z', '2026-05-06T02:00:00Z'];
    expect(minutesOn('2026-05-05', ...night, 'UTC')).toEqual([1320, 1440]);
    expect(minutesOn('2026-05-06', ...night, 'UTC')).toEqual([0, 120]);
    expect(minutesOn('2026-05-07', ...night, 'UTC')).toBeNull();
    expect(minutesOn('2026-05-06', '2026-05-05T22:00:00Z', '2026-05-06T00:00:00Z', 'UTC')).toBeNull();
  });
  it('keep an event’s length where the clock goes back inside of it', () => {
    expect(minutesOn('2026-10-25', '2026-10-25T00:30:00Z', '2026-10-25T01:15:00Z', 'Europe/Paris')).toEqual([150, 195]);
  });
});

describe('days of a scale', () => {
  it('are the week around a day, from the weekday it begins with', () => {
    expect(weekOf('2026-03-15')).toBe('2026-03-09');
    expect(weekOf('2026-03-15', 7)).toBe('2026-03-15');
    expect(daysOf('week', '2026-03-11').at(-1)).toBe('2026-03-15');
    expect(daysOf('day', '2026-03-11')).toEqual(['2026-03-11']);
  });
  it('are read from the URL only where it names a day', () => {
    expect(['2026-02-28', '2026-02-30', 'soon', null].map((text) => readDay(text, '2026-01-01'))).toEqual([
      '2026-02-28',
      '2026-01-01',
      '2026-01-01',
      '2026-01-01',
    ]);
  });
});
