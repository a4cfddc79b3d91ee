/** Dragging on the calendar by mouse, pen, long press and keyboard: move, resize, draw over free time. */
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type RefObject } from 'react';
import { addDays } from '../../domain';
import { say } from '../../shell/feedback';
import { drawn, dropped, movedTo, resized } from './drag';
import { exchanged, type CalendarEvent, type Column } from './events';
import { spotOf, type Zone } from './time';
import type { Wanted } from './useCalendar';

/** What is in hand: an event and what it would become, or a stretch of free time. */
export type Hand =
  | { kind: 'event'; event: CalendarEvent; wanted: Wanted; column: Column; keyboard?: boolean }
  | { kind: 'free'; column: Column; top: number; bottom: number };

export interface Free {
  column: Column;
  top: number;
  bottom: number;
  /** Its length was chosen by dragging, it is more than where it begins. */
  drawn: boolean;
}
interface Options {
  columns: readonly Column[];
  /** Pixels of a minute; 0 where columns have no time axis. */
  scale: number;
  step: number;
  zone: Zone;
  many: boolean;
  canMove: boolean;
  canExchange: boolean;
  canCreate: boolean;
  name: (wanted: Wanted) => string;
  onMove: (event: CalendarEvent, wanted: Wanted) => void;
  onDraw: (free: Free) => void;
}
type Mode = 'move' | 'start' | 'end' | 'draw';
interface Press {
  mode: Mode;
  event: CalendarEvent | null;
  column: Column;
  x: number;
  y: number;
  /** Minute of the pointer when it went down, and of what it took. */
  minute: number;
  active: boolean;
  timer: number;
}

const FAR = 4;
const HOLD = 350;
const EDGE = 44;
/** A drawn stretch by a mere click. */
const USUAL = 30;

export interface Drag {
  hand: Hand | null;
  onPointerDown: (event: PointerEvent<HTMLElement>, found: CalendarEvent | null, column: Column, mode?: Mode) => void;
  onKeyDown: (event: KeyboardEvent<HTMLElement>, found: CalendarEvent, column: Column) => void;
  /** Whether the click that comes now ends a drag. */
  justDragged: () => boolean;
}

export function useDrag(scroller: RefObject<HTMLElement | null>, options: Options): Drag {
  const [hand, setHand] = useState<Hand | null>(null);
  const latest = useRef({ options, hand });
  latest.current = { options, hand };
  const press = useRef<Press | null>(null);
  const pointer = useRef({ x: 0, y: 0 });
  const dragged = useRef(0);
  /** Begins the drag that is pressed: what a long press waits for. */
  const beginning = useRef<() => void>(() => undefined);

  const locate = useCallback(
    (x: number, y: number, wide: boolean): { column: Column; minute: number } | null => {
      const { columns, scale } = latest.current.options;
      for (const element of scroller.current?.querySelectorAll<HTMLElement>('[data-column]') ?? []) {
        const box = element.getBoundingClientRect();
        if (x < box.left || x >= box.right || (!wide && (y < box.top || y >= box.bottom))) continue;
        const column = columns.find((each) => each.key === element.dataset['column']);
        if (column) return { column, minute: scale ? (y - box.top) / scale : 0 };
      }
      return null;
    },
    [scroller],
  );

  const update = useCallback((): void => {
    const now = press.current;
    const { options: at } = latest.current;
    if (!now?.active) return;
    const found = locate(pointer.current.x, pointer.current.y, at.scale > 0);
    if (!found) return;
    const { event } = now;
    if (now.mode === 'draw') {
      const [top, bottom] = drawn(now.minute, found.minute, at.step, USUAL);
      return setHand({ kind: 'free', column: now.column, top, bottom });
    }
    if (!event) return;
    if (now.mode === 'move') {
      const by = at.scale ? found.minute - now.minute : 0;
      // An event that began on the day before moves by whole days too.
      const began = spotOf(event.start, at.zone).day;
      const days = Math.round((Date.parse(found.column.day) - Date.parse(now.column.day)) / 86_400_000);
      const span = dropped(event, addDays(began, days), by, at.step, at.zone);
      const resources = at.canExchange
        ? exchanged(event.resources, now.column, found.column, at.many)
        : event.resources;
      return setHand({ kind: 'event', event, wanted: { span, resources }, column: found.column });
    }
    const span = resized(event, now.mode, now.column.day, found.minute, at.step, at.zone);
    setHand({ kind: 'event', event, wanted: { span, resources: event.resources }, column: now.column });
  }, [locate]);

  const stop = useCallback((): void => {
    if (press.current) clearTimeout(press.current.timer);
    press.current = null;
    setHand(null);
  }, []);

  useEffect(() => {
    let frame = 0;
    const roll = (): void => {
      const box = scroller.current?.getBoundingClientRect();
      if (!press.current?.active || !box) return;
      const { x, y } = pointer.current;
      const speed = (at: number, from: number, to: number): number =>
        at < from + EDGE ? (at - from - EDGE) / 4 : at > to - EDGE ? (at - to + EDGE) / 4 : 0;
      const down = speed(y, box.top + 40, box.bottom);
      const across = press.current.mode === 'move' ? speed(x, box.left + 40, box.right) : 0;
      if (down || across) {
        scroller.current?.scrollBy(across, down);
        update();
      }
      frame = requestAnimationFrame(roll);
    };
    const begin = (): void => {
      if (!press.current) return;
      press.current.active = true;
      frame = requestAnimationFrame(roll);
      update();
    };
    const move = (event: globalThis.PointerEvent): void => {
      const now = press.current;
      if (!now) return;
      pointer.current = { x: event.clientX, y: event.clientY };
      const far = Math.hypot(event.clientX - now.x, event.clientY - now.y) > FAR;
      if (!now.active && event.pointerType === 'touch') {
        if (far) stop();
        return;
      }
      if (!now.active && far) begin();
      update();
    };
    const up = (event: globalThis.PointerEvent): void => {
      const now = press.current;
      if (!now) return;
      const { hand: held, options: at } = latest.current;
      if (!now.active && now.mode === 'draw' && at.canCreate && event.pointerType !== 'touch') {
        const [top, bottom] = at.scale ? drawn(now.minute, now.minute, at.step, USUAL) : [0, 0];
        at.onDraw({ column: now.column, top, bottom, drawn: false });
      } else if (now.active) {
        dragged.current = Date.now();
        if (held?.kind === 'event') at.onMove(held.event, held.wanted);
        if (held?.kind === 'free') at.onDraw({ ...held, drawn: at.scale > 0 });
      }
      stop();
    };
    const cancel = (event: globalThis.KeyboardEvent): void => {
      if (event.key !== 'Escape' || !press.current?.active) return;
      event.preventDefault();
      event.stopPropagation();
      stop();
    };
    // A long press has taken the event: the page must not scroll under it.
    const hold = (event: TouchEvent): void => {
      if (press.current?.active && event.cancelable) event.preventDefault();
    };
    beginning.current = begin;
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    addEventListener('pointercancel', stop);
    addEventListener('keydown', cancel, true);
    addEventListener('touchmove', hold, { passive: false });
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
      removeEventListener('pointercancel', stop);
      removeEventListener('keydown', cancel, true);
      removeEventListener('touchmove', hold);
    };
  }, [scroller, stop, update]);

  const onPointerDown: Drag['onPointerDown'] = (event, found, column, mode = found ? 'move' : 'draw') => {
    if (event.button !== 0 || press.current || (found ? !options.canMove : !options.canCreate)) return;
    const at = locate(event.clientX, event.clientY, options.scale > 0);
    if (!at) return;
    pointer.current = { x: event.clientX, y: event.clientY };
    const timer = event.pointerType === 'touch' ? window.setTimeout(() => beginning.current(), HOLD) : 0;
    press.current = {
      mode,
      event: found,
      column,
      x: event.clientX,
      y: event.clientY,
      minute: at.minute,
      active: false,
      timer,
    };
    if (event.pointerType !== 'touch' && !found) event.preventDefault();
  };

  /** Space takes the event, arrows move it, Enter or Space drops it, Escape puts it back. */
  const onKeyDown: Drag['onKeyDown'] = (event, found, column) => {
    const held = hand?.kind === 'event' && hand.keyboard && hand.event.id === found.id ? hand : null;
    if (!held) {
      if (event.key !== ' ' || !options.canMove) return;
      event.preventDefault();
      say(`${found.title} lifted. Arrow keys move it, Enter drops it, Escape puts it back.`);
      return setHand({
        kind: 'event',
        event: found,
        wanted: { span: { start: found.start, end: found.end }, resources: found.resources },
        column,
        keyboard: true,
      });
    }
    const step = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] }[event.key];
    if (!step && event.key !== 'Enter' && event.key !== ' ' && event.key !== 'Escape' && event.key !== 'Tab') return;
    if (event.key !== 'Tab') event.preventDefault();
    event.stopPropagation();
    if (!step) {
      setHand(null);
      if (event.key === 'Enter' || event.key === ' ') options.onMove(held.event, held.wanted);
      else say('Put back.');
      return;
    }
    const next = walked(held, step, options);
    setHand(next);
    say(options.name(next.wanted));
  };

  return { hand, onPointerDown, onKeyDown, justDragged: () => Date.now() - dragged.current < 80 };
}

/** One arrow key: a step in time, or the column beside it. */
function walked(
  held: Hand & { kind: 'event' },
  [across = 0, down = 0]: number[],
  options: Options,
): Hand & { kind: 'event' } {
  const { columns, step, zone, many, canExchange } = options;
  const at = columns.findIndex((each) => each.key === held.column.key);
  const column = columns[Math.min(Math.max(at + across, 0), columns.length - 1)] ?? held.column;
  const from = spotOf(held.wanted.span.start, zone);
  const days = Math.round((Date.parse(column.day) - Date.parse(held.column.day)) / 86_400_000);
  const span = movedTo(held.wanted.span, addDays(from.day, days), from.minute + down * step, zone);
  const resources = canExchange ? exchanged(held.wanted.resources, held.column, column, many) : held.wanted.resources;
  return { ...held, column, wanted: { span, resources } };
}
