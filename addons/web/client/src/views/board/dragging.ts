/** How a card is dragged: by mouse, by touch after a short hold, by keyboard from column to column. */
import {
  closestCenter,
  KeyboardCode,
  KeyboardSensor,
  MouseSensor,
  pointerWithin,
  rectIntersection,
  TouchSensor,
  useSensor,
  useSensors,
  type Announcements,
  type CollisionDetection,
  type KeyboardCoordinateGetter,
  type SensorDescriptor,
  type SensorOptions,
} from '@dnd-kit/core';

/** The next column in reading order: its top, where a moved card lands. */
const nextColumn: KeyboardCoordinateGetter = (event, { context }) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.code];
  if (!step) return undefined;
  event.preventDefault();
  const rects = [...context.droppableRects.entries()].sort(([, a], [, b]) => a.left - b.left);
  const own = context.collisionRect;
  if (!own) return undefined;
  const middle = own.left + own.width / 2;
  const at = rects.findIndex(([, rect]) => middle >= rect.left && middle <= rect.right);
  const target = rects[at + step]?.[1];
  return target ? { x: target.left + (target.width - own.width) / 2, y: target.top + 60 } : undefined;
};

export function useCardSensors(): SensorDescriptor<SensorOptions>[] {
  return useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 5 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
    useSensor(KeyboardSensor, {
      coordinateGetter: nextColumn,
      keyboardCodes: {
        start: [KeyboardCode.Space],
        cancel: [KeyboardCode.Esc],
        end: [KeyboardCode.Space, KeyboardCode.Enter],
      },
    }),
  );
}

/** The column under the pointer; by keyboard the nearest one. */
export const columnUnder: CollisionDetection = (args) => {
  const inside = pointerWithin(args);
  if (inside.length) return inside;
  const touched = rectIntersection(args);
  return touched.length ? touched : closestCenter(args);
};

const title = (over: { data: { current?: Record<string, unknown> } } | null): string =>
  String(over?.data.current?.['title'] ?? '');

export const announcements: Announcements = {
  onDragStart: () => 'Card picked up. Left and right arrows choose a column, Space drops it, Escape puts it back.',
  onDragOver: ({ over }) => (over ? `Over ${title(over)}.` : 'Over no column.'),
  onDragEnd: ({ over }) => (over ? `Dropped into ${title(over)}.` : 'Put back.'),
  onDragCancel: () => 'Put back where it was.',
};
