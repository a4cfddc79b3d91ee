/** Events that overlap share the width of their column: who stands in which lane, of how many. */

export interface Stretch {
  top: number;
  bottom: number;
}
export interface Placed<T> {
  event: T;
  top: number;
  bottom: number;
  lane: number;
  /** How many lanes the events that touch each other need. */
  lanes: number;
  /** How many of them this event may fill: up to the next one beside it. */
  span: number;
}

/** Place events in lanes. `least` is the smallest height an event has on the screen, in minutes. */
export function place<T extends Stretch>(events: readonly T[], least = 0): Placed<T>[] {
  const sorted = [...events].sort((a, b) => a.top - b.top || b.bottom - a.bottom);
  const placed: Placed<T>[] = [];
  let cluster: Placed<T>[] = [];
  let end = -Infinity;
  const close = (): void => {
    const lanes = Math.max(...cluster.map((each) => each.lane)) + 1;
    for (const each of cluster) Object.assign(each, { lanes, span: spanOf(each, cluster, lanes) });
    placed.push(...cluster);
    cluster = [];
  };
  for (const event of sorted) {
    const bottom = Math.max(event.bottom, event.top + least);
    if (cluster.length && event.top >= end) close();
    const taken = new Set(cluster.filter((each) => each.bottom > event.top).map((each) => each.lane));
    let lane = 0;
    while (taken.has(lane)) lane += 1;
    end = cluster.length ? Math.max(end, bottom) : bottom;
    cluster.push({ event, top: event.top, bottom, lane, lanes: 1, span: 1 });
  }
  if (cluster.length) close();
  return placed;
}

const touch = (a: Stretch, b: Stretch): boolean => a.top < b.bottom && b.top < a.bottom;

function spanOf<T>(own: Placed<T>, cluster: readonly Placed<T>[], lanes: number): number {
  const right = cluster.filter((each) => each.lane > own.lane && touch(each, own)).map((each) => each.lane);
  return Math.min(lanes, ...right) - own.lane;
}
