/** The time grid: columns of a day or of a resource, hours downwards, what is in hand drawn over it. */
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useBoot } from '../../rpc/boot';
import type { Id } from '../../rpc/types';
import { EventBlock } from './EventBlock';
import { belongs, piecesOf, type CalendarEvent, type Column } from './events';
import { place } from './layout';
import { DAY, minutesOn, spotOf, type Zone } from './time';
import type { OpenHours } from './useCalendar';
import type { Drag, Hand } from './useDrag';
import { clock, hourText, rangeText, zoneName } from './words';

export const HOUR = 72;
export const SCALE = HOUR / 60;
const HEAD = 48;
/** The least height of an event, in minutes of the grid. */
const LEAST = 15;
const MORNING = 8 * 60;
/** What is before is a mistake or a night shift: no reason to begin there. */
const EARLY = 5 * 60;

export interface GridProps {
  columns: readonly Column[];
  events: readonly CalendarEvent[];
  known: ReadonlySet<Id>;
  saving: ReadonlySet<Id>;
  open: Id | null;
  hours: OpenHours | null;
  drag: Drag;
  scroller: React.RefObject<HTMLDivElement | null>;
  canMove: boolean;
  head: (column: Column) => ReactNode;
  onOpen: (event: CalendarEvent, anchor: HTMLElement) => void;
}

/** The clock of the zone, anew each half minute. */
export function useNow(zone: Zone): { day: string; minute: number } {
  const read = (): { day: string; minute: number } => spotOf(new Date().toISOString(), zone);
  const [now, setNow] = useState(read);
  useEffect(() => {
    const timer = setInterval(() => setNow(read()), 30_000);
    return () => clearInterval(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [zone]);
  return now;
}

/** Where the grid is scrolled to at first: the morning or the first event; later only to have now in sight. */
function startMinute(tops: readonly number[], now: number | null, visible: number): number {
  const first = Math.min(MORNING, ...tops.filter((top) => top >= EARLY));
  if (now === null || now < first + visible - 60) return first;
  return Math.min(now - visible * 0.6, DAY - visible);
}

interface BodyProps extends Omit<GridProps, 'head' | 'scroller' | 'columns'> {
  column: Column;
  hand: Hand | null;
  zone: Zone;
}

function Closed({ column, hours, zone }: { column: Column; hours: OpenHours; zone: Zone }): ReactNode {
  if (typeof column.resource !== 'number') return null;
  const open = (hours[String(column.resource)] ?? [])
    .flatMap(([from, to]) => {
      const found = minutesOn(column.day, from, to, zone);
      return found ? [found] : [];
    })
    .sort((a, b) => a[0] - b[0]);
  const gaps: [number, number][] = [];
  let at = 0;
  for (const [from, to] of open) {
    if (from > at) gaps.push([at, from]);
    at = Math.max(at, to);
  }
  if (at < DAY) gaps.push([at, DAY]);
  return gaps.map(([from, to]) => (
    <span key={from} className="tn-cal-closed" style={{ top: from * SCALE, height: (to - from) * SCALE }} />
  ));
}

/** What is in hand, where it would land in this column. */
function Ghost({
  hand,
  column,
  known,
  zone,
}: {
  hand: Hand;
  column: Column;
  known: ReadonlySet<Id>;
  zone: Zone;
}): ReactNode {
  const { user } = useBoot();
  if (hand.kind === 'free') {
    if (hand.column.key !== column.key) return null;
    return (
      <span className="tn-cal-free" style={{ top: hand.top * SCALE, height: (hand.bottom - hand.top) * SCALE }}>
        {minuteRange(hand.top, hand.bottom, user.language)}
      </span>
    );
  }
  const { event, wanted } = hand;
  const minutes = belongs(wanted, column, known)
    ? minutesOn(column.day, wanted.span.start, wanted.span.end, zone)
    : null;
  if (!minutes) return null;
  const height = Math.max((minutes[1] - minutes[0]) * SCALE, LEAST * SCALE) - 2;
  return (
    <EventBlock
      still
      event={{ ...event, ...wanted.span }}
      state="lifted"
      height={height}
      style={{ top: minutes[0] * SCALE, height, left: 0, right: 4 }}
    />
  );
}

const momentOfMinute = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const minuteRange = (top: number, bottom: number, language: string): string =>
  rangeText({ start: momentOfMinute(top), end: momentOfMinute(bottom) }, 'UTC', language);

const Body = memo(
  function Body({
    column,
    events,
    known,
    saving,
    open,
    hours,
    drag,
    canMove,
    onOpen,
    hand,
    zone,
  }: BodyProps): ReactNode {
    const pieces = useMemo(() => piecesOf(events, column, known, zone), [events, column, known, zone]);
    const placed = useMemo(() => place(pieces, LEAST), [pieces]);
    const lifted = hand?.kind === 'event' ? hand.event.id : null;
    return (
      <div
        className="tn-cal-column"
        data-column={column.key}
        onPointerDown={(event) => drag.onPointerDown(event, null, column)}
      >
        {hours && <Closed column={column} hours={hours} zone={zone} />}
        {placed.map(({ event: piece, top, bottom, lane, lanes, span }) => {
          const { event } = piece;
          const height = (bottom - top) * SCALE - 2;
          const state =
            lifted === event.id ? 'ghost' : open === event.id ? 'open' : saving.has(event.id) ? 'saving' : undefined;
          return (
            <EventBlock
              key={event.id}
              event={event}
              height={height}
              state={state}
              movable={canMove}
              style={{
                top: top * SCALE,
                height,
                left: `calc(${(lane / lanes) * 100}% * var(--fill))`,
                width: `calc(${(span / lanes) * 100}% * var(--fill) - 2px)`,
              }}
              onPointerDown={(down, edge) => {
                down.stopPropagation();
                drag.onPointerDown(down, event, column, edge);
              }}
              onKeyDown={(key) => drag.onKeyDown(key, event, column)}
              onClick={(click) => {
                if (!drag.justDragged()) onOpen(event, click.currentTarget);
              }}
            />
          );
        })}
        {hand && <Ghost hand={hand} column={column} known={known} zone={zone} />}
      </div>
    );
  },
  (before, after) =>
    before.hand === after.hand &&
    before.events === after.events &&
    before.column === after.column &&
    before.hours === after.hours &&
    before.saving === after.saving &&
    before.open === after.open &&
    before.known === after.known &&
    before.canMove === after.canMove,
);

export function Grid(props: GridProps): ReactNode {
  const { columns, events, known, drag, scroller, head } = props;
  const { user } = useBoot();
  const zone = user.tz || undefined;
  const now = useNow(zone);
  const days = useMemo(() => new Set(columns.map((column) => column.day)), [columns]);
  const same = days.size === 1 && days.has(now.day);
  const scrolled = useRef(false);
  useLayoutEffect(() => {
    if (scrolled.current || !scroller.current || events.length === 0) return;
    scrolled.current = true;
    const tops = columns.flatMap((column) => piecesOf(events, column, known, zone).map((piece) => piece.top));
    const visible = (scroller.current.clientHeight - HEAD) / SCALE;
    scroller.current.scrollTop = startMinute(tops, same ? now.minute : null, visible) * SCALE - 12;
  });
  useLayoutEffect(() => {
    if (scroller.current && !scrolled.current) scroller.current.scrollTop = MORNING * SCALE - 12;
  }, [scroller]);
  const first = columns[0]?.day ?? '';
  const away = zone && Intl.DateTimeFormat().resolvedOptions().timeZone !== zone;
  return (
    <div className="tn-cal-scroll" ref={scroller} data-dragging={drag.hand ? true : undefined}>
      <div className="tn-cal-grid" style={{ '--count': columns.length, '--hour': `${HOUR}px` } as React.CSSProperties}>
        <div className="tn-cal-corner">
          {away && first && <span title={`Times are in ${zone}`}>{zoneName(first, zone, user.language)}</span>}
        </div>
        {columns.map((column) => (
          <div
            key={column.key}
            className="tn-cal-head"
            data-today={(days.size > 1 && column.day === now.day) || undefined}
          >
            {head(column)}
          </div>
        ))}
        <div className="tn-cal-hours" aria-hidden>
          {Array.from({ length: 23 }, (_, at) => (
            <span
              key={at}
              style={{ top: (at + 1) * HOUR }}
              data-hidden={(same && Math.abs((at + 1) * 60 - now.minute) < 12) || undefined}
            >
              {hourText(at + 1, user.language)}
            </span>
          ))}
          {days.has(now.day) && same && (
            <span className="tn-cal-now-time" style={{ top: now.minute * SCALE }}>
              {clock(momentOfMinute(now.minute), 'UTC', user.language)}
            </span>
          )}
        </div>
        {columns.map((column, at) => (
          <div
            key={column.key}
            className="tn-cal-cell"
            data-today={(days.size > 1 && column.day === now.day) || undefined}
          >
            <Body {...props} column={column} hand={drag.hand} zone={zone} />
            {column.day === now.day && (
              <i
                className="tn-cal-now"
                data-first={!same || at === 0 || undefined}
                style={{ top: now.minute * SCALE }}
              />
            )}
          </div>
        ))}
      </div>
    </div>
  );
}
