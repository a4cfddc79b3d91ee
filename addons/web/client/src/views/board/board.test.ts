/** A board is put together from three answers, and a move changes counts and sums at once. */
import { describe, expect, it } from 'vitest';
import type { GroupRow, Rec } from '../../rpc/types';
import type { BoardData } from '../data';
import { assemble, extended, moved, refreshed } from './board';

const data: BoardData = {
  group: 'stage',
  allGroups: true,
  fold: 'fold',
  sum: 'amount',
  progress: { field: 'health', good: 'done', open: 'open', bad: 'overdue' },
  order: '',
  card: { title: 'name', chips: [] },
  quickCreate: [],
};
const heads = [
  { value: 1, title: 'New', folded: false },
  { value: 2, title: 'Won', folded: true },
];
const groups: GroupRow[] = [
  { stage: { id: 1, title: 'New' }, health: 'open', count: 2, 'amount:sum': '150.00', domain: [] },
  { stage: { id: 1, title: 'New' }, health: 'overdue', count: 1, 'amount:sum': '50.00', domain: [] },
];
const records: Rec[] = [
  { id: 7, name: 'A', amount: '100.00', stage: { id: 1, title: 'New' } },
  { id: 8, name: 'B', amount: '50.00', stage: { id: 1, title: 'New' } },
];
const board = assemble(data, heads, groups, records);

describe('board', () => {
  it('counts and sums what the server holds, not what is loaded', () => {
    expect(board.columns[0]).toMatchObject({ count: 3, sum: 200, progress: { good: 0, open: 2, bad: 1 } });
    expect(board.columns[0]?.cards).toHaveLength(2);
    expect(board.columns[1]).toMatchObject({ key: '2', count: 0, sum: 0, folded: true });
  });

  it('has a column for records without a value only where there are some', () => {
    const loose: GroupRow = { stage: null, health: 'open', count: 1, 'amount:sum': '0', domain: [] };
    expect(assemble(data, heads, [...groups, loose], []).columns.map((column) => column.title)).toEqual([
      'None',
      'New',
      'Won',
    ]);
  });

  it('moves a card to the top of its new column with its amount', () => {
    const next = moved(board, data, 7, '2');
    expect(next.columns.map((column) => [column.count, column.sum])).toEqual([
      [2, 100],
      [1, 100],
    ]);
    expect(next.columns[1]?.cards[0]).toMatchObject({ id: 7, stage: { id: 2, title: 'Won' } });
    expect(board.columns[0]?.count).toBe(3);
  });

  it('counts progress anew when the moved card comes back with another health', () => {
    const next = refreshed(moved(board, data, 7, '2'), data, { id: 7, health: 'done' });
    expect(next.columns[1]?.progress).toEqual({ good: 1, open: 0, bad: 0 });
  });

  it('stays as it is when nothing moves', () => {
    expect(moved(board, data, 7, '1')).toBe(board);
    expect(moved(board, data, 99, '2')).toBe(board);
  });

  it('takes further and newer cards, each once', () => {
    const more = extended(board, '1', [records[1] as Rec, { id: 9, name: 'C' }]);
    expect(more.columns[0]?.cards.map((card) => card.id)).toEqual([7, 8, 9]);
    expect(refreshed(board, data, { id: 8, name: 'Bee' }).columns[0]?.cards[1]).toMatchObject({
      name: 'Bee',
      amount: '50.00',
    });
  });
});
