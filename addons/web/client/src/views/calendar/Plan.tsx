/** The plan of a week: a row for each resource, a cell for each day, events as lines in order of time. */
import { memo, type ReactNode } from 'react';
import { todayIn } from '../../domain';
import { useBoot } from '../../rpc/boot';
import type { Id, Ref } from '../../rpc/types';
import { EventBlock } from './EventBlock';
import { belongs, piecesOf, type CalendarEvent, type Column } from './events';
import type { GridProps } from './Grid';
import { minutesOn } from './time';

interface Props extends Omit<GridProps, 'head' | 'hours'> {
  rows: readonly (Ref | null)[];
  days: readonly string[];
  dayHead: (day: string) => ReactNode;
  rowHead: (row: Ref | null, count: number) => ReactNode;
  /** Show the whole day. */
  onMore: (column: Column) => void;
}

/** More in one cell would push the other rows off the screen. */
const LINES = 6;

interface CellProps extends Pick<
  Props,
  'events' | 'known' | 'saving' | 'open' | 'drag' | 'canMove' | 'onOpen' | 'onMore'
> {
  column: Column;
  today: boolean;
}

const Cell = memo(function Cell({
  column,
  events,
  known,
  saving,
  open,
  drag,
  canMove,
  onOpen,
  onMore,
  today,
}: CellProps): ReactNode {
  const { user } = useBoot();
  const zone = user.tz || undefined;
  const pieces = piecesOf(events, column, known, zone).sort((a, b) => a.event.start.localeCompare(b.event.start));
  const shown = pieces.length > LINES + 1 ? pieces.slice(0, LINES) : pieces;
  const hand = drag.hand?.kind === 'event' ? drag.hand : null;
  const lands =
    hand &&
    belongs(hand.wanted, column, known) &&
    minutesOn(column.day, hand.wanted.span.start, hand.wanted.span.end, zone);
  const here = (event: CalendarEvent): boolean => hand?.event.id === event.id;
  return (
    <div
      className="tn-plan-cell"
      data-column={column.key}
      data-today={today || undefined}
      data-over={hand?.column.key === column.key || undefined}
      onPointerDown={(event) => drag.onPointerDown(event, null, column)}
    >
      {shown.map(({ event }) => (
        <EventBlock
          key={event.id}
          event={event}
          movable={canMove}
          state={here(event) ? 'ghost' : open === event.id ? 'open' : saving.has(event.id) ? 'saving' : undefined}
          onPointerDown={(down) => {
            down.stopPropagation();
            drag.onPointerDown(down, event, column);
          }}
          onKeyDown={(key) => drag.onKeyDown(key, event, column)}
          onClick={(click) => {
            if (!drag.justDragged()) onOpen(event, click.currentTarget);
          }}
        />
      ))}
      {shown.length < pieces.length && (
        <button
          type="button"
          className="tn-plan-more"
          onPointerDown={(event) => event.stopPropagation()}
          onClick={() => onMore(column)}
        >
          {pieces.length - shown.length} more
        </button>
      )}
      {hand && lands && !pieces.some(({ event }) => here(event)) && (
        <EventBlock still event={{ ...hand.event, ...hand.wanted.span }} state="lifted" />
      )}
    </div>
  );
});

export const cellKey = (resource: Id | null, day: string): string => `${resource ?? 'none'}/${day}`;

export function Plan(props: Props): ReactNode {
  const { columns, rows, days, events, known, drag, scroller, dayHead, rowHead } = props;
  const { user } = useBoot();
  const today = todayIn(user.tz || undefined);
  const byKey = new Map(columns.map((column) => [column.key, column]));
  return (
    <div className="tn-cal-scroll" ref={scroller} data-dragging={drag.hand ? true : undefined}>
      <div className="tn-plan">
        <div className="tn-cal-corner" />
        {days.map((day) => (
          <div key={day} className="tn-cal-head" data-today={day === today || undefined}>
            {dayHead(day)}
          </div>
        ))}
        {rows.map((row) => {
          const cells = days.flatMap((day) => byKey.get(cellKey(row?.id ?? null, day)) ?? []);
          const count = new Set(
            cells.flatMap((column) => events.filter((event) => belongs(event, column, known)).map((event) => event.id)),
          ).size;
          return (
            <div key={row?.id ?? 'none'} className="tn-plan-row">
              <div className="tn-plan-head">{rowHead(row, count)}</div>
              {cells.map((column) => (
                <Cell key={column.key} {...props} column={column} today={column.day === today} />
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
