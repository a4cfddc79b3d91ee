/** Wall time in a zone and the moment it is, for date and time fields. */

export interface Wall {
  day: string;
  time: string;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Making a format is slow, and a calendar asks for hundreds of moments. */
function clockOf(zone: string | undefined): Intl.DateTimeFormat {
  const known = clocks.get(zone ?? '');
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone || undefined,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  clocks.set(zone ?? '', made);
  return made;
}

/** Day and time of a moment as a clock in the zone shows them. */
export function wallOf(iso: string, zone: string | undefined): Wall {
  const parts = clockOf(zone).formatToParts(new Date(iso));
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  return { day: `${part('year')}-${part('month')}-${part('day')}`, time: `${part('hour')}:${part('minute')}` };
}

/** The moment at which a clock in the zone shows this; in the hour that a clock skips, the one after it. */
export function momentOf({ day, time }: Wall, zone: string | undefined): string {
  const wanted = Date.parse(`${day}T${time}:00Z`);
  let moment = wanted;
  for (let round = 0; round < 2; round += 1) {
    const shown = wallOf(new Date(moment).toISOString(), zone);
    moment += wanted - Date.parse(`${shown.day}T${shown.time}:00Z`);
  }
  return new Date(moment).toISOString();
}
