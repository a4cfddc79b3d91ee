/** Wall time and moments, over the change of clocks too. */
import { expect, it } from 'vitest';
import { momentOf, wallOf } from './zone';

it('goes to the zone and back', () => {
  expect(wallOf('2026-03-14T22:30:00Z', 'Europe/Berlin')).toEqual({ day: '2026-03-14', time: '23:30' });
  expect(momentOf({ day: '2026-03-14', time: '23:30' }, 'Europe/Berlin')).toBe('2026-03-14T22:30:00.000Z');
  expect(momentOf({ day: '2026-07-01', time: '00:15' }, 'America/New_York')).toBe('2026-07-01T04:15:00.000Z');
});

it('holds on the day when clocks change', () => {
  expect(momentOf({ day: '2026-03-29', time: '03:30' }, 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
});
