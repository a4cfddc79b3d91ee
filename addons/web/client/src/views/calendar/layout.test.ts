/** Events that overlap stand side by side; those that only touch do not. */
import { expect, it } from 'vitest';
import { place } from './layout';

const lanes = (...stretches: [number, number][]): string[] =>
  place(stretches.map(([top, bottom]) => ({ top, bottom }))).map(
    (each) => `${each.event.top}: ${each.lane}/${each.lanes}+${each.span}`,
  );

it('gives an event alone the whole width', () => {
  expect(lanes([60, 120], [120, 180])).toEqual(['60: 0/1+1', '120: 0/1+1']);
});
it('puts two that overlap side by side, the longer one first', () => {
  expect(lanes([60, 90], [60, 120])).toEqual(['60: 0/2+1', '60: 1/2+1']);
});
it('takes a lane again that has become free', () => {
  expect(lanes([0, 100], [10, 30], [40, 60])).toEqual(['0: 0/2+1', '10: 1/2+1', '40: 1/2+1']);
});
it('lets an event fill the lanes that nobody beside it needs', () => {
  expect(lanes([0, 60], [0, 60], [0, 30], [35, 60])).toEqual(['0: 0/3+1', '0: 1/3+1', '0: 2/3+1', '35: 2/3+1']);
  expect(lanes([0, 100], [0, 20], [0, 20], [30, 60])).toEqual(['0: 0/3+1', '0: 1/3+1', '0: 2/3+1', '30: 1/3+2']);
});
it('counts the height that a short event has on the screen', () => {
  const placed = place(
    [
      { top: 0, bottom: 5 },
      { top: 10, bottom: 40 },
    ],
    15,
  );
  expect(placed.map((each) => [each.lane, each.lanes])).toEqual([
    [0, 2],
    [1, 2],
  ]);
});
it('never lets two that overlap share a lane', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed % below;
  };
  const events = Array.from({ length: 120 }, () => {
    const top = random(1400);
    return { top, bottom: top + 5 + random(120) };
  });
  const placed = place(events);
  expect(placed).toHaveLength(120);
  for (const a of placed) {
    expect(a.lane + a.span).toBeLessThanOrEqual(a.lanes);
    for (const b of placed)
      if (a !== b && a.top < b.bottom && b.top < a.bottom)
        expect(a.lane < b.lane ? a.lane + a.span <= b.lane : b.lane + b.span <= a.lane).toBe(true);
  }
});
