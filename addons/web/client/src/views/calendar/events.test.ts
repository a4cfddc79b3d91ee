/** Records as events: colours that stay, titles that say a thing once, columns they belong to. */
import { describe, expect, it } from 'vitest';
import { normaliseViews } from '../data';
import { belongs, eventOf, exchanged, hueAt, piecesOf, plainTitle, type Column } from './events';
import { calendarSpec } from '../spec';

const field = (type: string, more: object = {}) => ({ type, label: type, ...more });
const views = normaliseViews('x.visit', {
  label: 'Visit',
  title: 'title',
  fields: {
    title: field('char'),
    start: field('datetime'),
    end: field('datetime'),
    service: field('many2one', { comodel: 'x.service' }),
    tint: field('char'),
    rooms: field('many2many', { comodel: 'x.room' }),
    state: field('selection', {
      selection: [
        ['open', 'Open'],
        ['off', 'Cancelled'],
      ],
    }),
    phone: field('char'),
  },
  views: {
    list: { columns: ['title', 'start', 'service', 'phone'] },
    form: { buttons: [{ method: 'stop', label: 'Stop', visible: [['state', '=', 'open']] }] },
    calendar: {
      title: 'title',
      start: 'start',
      end: 'end',
      resource: 'rooms',
      color: 'service',
      decorate: { muted: [['state', '=', 'off']] },
    },
  },
});
const record = {
  id: 7,
  title: 'Ada · Massage',
  start: '2026-05-05T07:00:00Z',
  end: '2026-05-05T08:00:00Z',
  service: { id: 2, title: 'Massage' },
  rooms: [
    { id: 1, title: 'One' },
    { id: 4, title: 'Four' },
  ],
  state: 'off',
};
const scope = { user: 1, companies: [1], today: '2026-05-05', now: '2026-05-05T00:00:00Z', fields: views.fields };
const column = (resource: number | null | undefined, day = '2026-05-05'): Column => ({
  key: `${resource}`,
  day,
  resource,
  title: '',
});

describe('an event', () => {
  const event = eventOf(record, views, views.calendar!, scope)!;
  it('says its kind once and follows the view’s conditions', () => {
    expect([event.title, event.kind, event.tone, event.resources]).toEqual(['Ada', 'Massage', 'muted', [1, 4]]);
    expect(eventOf({ ...record, end: null }, views, views.calendar!, scope)).toBeNull();
    expect(plainTitle('Massage', 'Massage')).toBe('Massage');
  });
  it('stands in the columns of its resources, on its day', () => {
    const known = new Set([1, 2, 4]);
    expect([1, 2, 4, null, undefined].map((id) => belongs(event, column(id), known))).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
    expect(belongs({ resources: [9] }, column(null), known)).toBe(true);
    expect(piecesOf([event], column(4), known, 'UTC').map(({ top, bottom }) => [top, bottom])).toEqual([[420, 480]]);
    expect(piecesOf([event], column(4, '2026-05-06'), known, 'UTC')).toEqual([]);
  });
  it('exchanges one resource when it changes the column and keeps the others', () => {
    expect(exchanged([1, 4], column(1), column(2), true)).toEqual([4, 2]);
    expect(exchanged([1, 4], column(1), column(4), true)).toEqual([4]);
    expect(exchanged([1], column(1), column(null), true)).toEqual([]);
    expect(exchanged([1], column(1), column(3), false)).toEqual([3]);
    expect(exchanged([1, 4], column(undefined), column(undefined), true)).toEqual([1, 4]);
  });
});

it('keeps a colour for a value, by id, by place or by name', () => {
  expect(hueAt(views.fields['service'], { id: 2 })).toBe(hueAt(views.fields['service'], { id: 12 }));
  expect(hueAt(views.fields['service'], { id: 2 })).not.toBe(hueAt(views.fields['service'], { id: 3 }));
  expect([
    hueAt(views.fields['tint'], 'blue'),
    hueAt(views.fields['tint'], 'gray'),
    hueAt(views.fields['service'], null),
  ]).toEqual([262, null, null]);
});

it('asks for what the grid, the card and the buttons need', () => {
  expect(Object.keys(calendarSpec(views)).sort()).toEqual([
    'end',
    'phone',
    'rooms',
    'service',
    'start',
    'state',
    'title',
  ]);
});
