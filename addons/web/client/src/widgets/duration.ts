/** Durations as somebody types them: seconds on the wire. */

const SECONDS: Record<string, number> = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 };
const PART = /(\d+(?:[.,]\d+)?)\s*(weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)?/gy;

/** "1 h 30 min", "1:30", "90" (minutes), "1.5h", "2d 4h" in seconds; null where it is none. */
export function parseDuration(text: string): number | null {
  const typed = text.trim().toLowerCase();
  const clock = /^(\d+):([0-5]\d)(?::([0-5]\d))?$/.exec(typed);
  if (clock) return Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0);
  let seconds = 0;
  let at = 0;
  let unit = '';
  PART.lastIndex = 0;
  for (let found = PART.exec(typed); found; found = PART.exec(typed)) {
    // A bare number counts in what is smaller than the unit before it: "1h 30" has thirty minutes.
    unit = found[2]?.charAt(0) ?? ({ w: 'd', d: 'h', h: 'm', m: 's' }[unit] || 'm');
    seconds += Number((found[1] ?? '').replace(',', '.')) * (SECONDS[unit] ?? 60);
    at = PART.lastIndex;
    while (typed[at] === ' ') at += 1;
    PART.lastIndex = at;
    if (at >= typed.length) break;
  }
  return typed && at >= typed.length ? Math.round(seconds) : null;
}

/** Whole seconds in words that `parseDuration` reads, with nothing left out: "1 d 2 h 5 min 3 s". */
export function durationText(value: unknown): string {
  const all = Math.round(Number(value));
  if (value === null || value === undefined || value === '' || !Number.isFinite(all)) return '';
  const parts: [number, string][] = [
    [Math.floor(all / 86_400), 'd'],
    [Math.floor(all / 3600) % 24, 'h'],
    [Math.floor(all / 60) % 60, 'min'],
    [all % 60, 's'],
  ];
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return shown.join(' ') || '0 min';
}
