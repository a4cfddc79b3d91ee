/** An event as it stands on the calendar: who, when and what, as much of it as there is room for. */
import {
  forwardRef,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
} from 'react';
import { useBoot } from '../../rpc/boot';
import type { CalendarEvent } from './events';
import { bareClock, whenText } from './words';

interface Props {
  event: CalendarEvent;
  /** Pixels; undefined in lists, where the event is one line. */
  height?: number;
  style?: CSSProperties;
  state?: 'ghost' | 'lifted' | 'saving' | 'open' | undefined;
  /** Where the block is only drawn: nobody can touch it. */
  still?: boolean;
  movable?: boolean;
  onPointerDown?: (event: PointerEvent<HTMLElement>, edge?: 'start' | 'end') => void;
  onKeyDown?: (event: KeyboardEvent<HTMLElement>) => void;
  onClick?: (event: MouseEvent<HTMLButtonElement>) => void;
}

const TINY = 30;
const SMALL = 48;

export const EventBlock = forwardRef<HTMLButtonElement, Props>(function EventBlock(props, ref): ReactNode {
  const { event, height, still } = props;
  const { user } = useBoot();
  const zone = user.tz || undefined;
  const size = height === undefined ? 'line' : height < TINY ? 'tiny' : height < SMALL ? 'small' : 'full';
  const style = { ...props.style, ...(event.hue === null ? {} : { '--hue': event.hue }) } as CSSProperties;
  const start = bareClock(event.start, zone, user.language);
  const time = size === 'tiny' || size === 'line' ? start : `${start} – ${bareClock(event.end, zone, user.language)}`;
  return (
    <button
      ref={ref}
      type="button"
      className="tn-event"
      data-size={size}
      data-tone={event.tone ?? undefined}
      data-state={props.state}
      data-plain={event.hue === null || undefined}
      data-movable={props.movable || undefined}
      style={style}
      tabIndex={still ? -1 : 0}
      aria-hidden={still || undefined}
      data-event={still ? undefined : event.id}
      aria-label={
        still
          ? undefined
          : `${event.title}, ${whenText(event, zone, user.language)}${event.kind ? `, ${event.kind}` : ''}`
      }
      aria-haspopup="dialog"
      onPointerDown={props.onPointerDown && ((down) => props.onPointerDown?.(down))}
      onKeyDown={props.onKeyDown}
      onClick={props.onClick}
    >
      <span className="tn-event-title">{event.title}</span>
      <span className="tn-event-time">{time}</span>
      {size === 'full' && event.kind && <span className="tn-event-kind">{event.kind}</span>}
      {props.movable &&
        height !== undefined &&
        !still &&
        (['start', 'end'] as const).map((edge) => (
          <span
            key={edge}
            className="tn-event-grip"
            data-edge={edge}
            onPointerDown={(down) => {
              down.stopPropagation();
              props.onPointerDown?.(down, edge);
            }}
          />
        ))}
    </button>
  );
});
