/** A board as a value: columns with their cards, counts and sums; a move gives a new board. */
import type { GroupRow, Id, Rec, Ref } from '../../rpc/types';
import { toNumber } from '../../widgets/format';
import type { BoardData } from '../data';

export interface Progress {
  good: number;
  open: number;
  bad: number;
}
export interface BoardColumn {
  key: string;
  /** What the group field holds for this column: an id, a selection's value, or null. */
  value: Id | string | null;
  title: string;
  folded: boolean;
  count: number;
  sum: number;
  /** Sums in several currencies, as the server gives them; then `sum` is not to be shown. */
  sums?: unknown;
  progress: Progress | null;
  cards: Rec[];
}
export interface Board {
  columns: BoardColumn[];
  total: number;
}
export interface Head {
  value: Id | string | null;
  title: string;
  folded: boolean;
}

export const keyOf = (value: unknown): string => {
  const plain = value !== null && typeof value === 'object' ? (value as Ref).id : value;
  return plain === null || plain === undefined || plain === '' ? 'none' : String(plain);
};

/** Good, open and bad of the cards that are loaded: where the server cannot group by the field. */
function counted(cards: readonly Rec[], data: NonNullable<BoardData['progress']>): Progress {
  const count = (value: string | undefined): number =>
    cards.filter((card) => value !== undefined && card[data.field] === value).length;
  return { good: count(data.good), open: count(data.open), bad: count(data.bad) };
}

function fromGroups(groups: readonly GroupRow[], data: NonNullable<BoardData['progress']>): Progress {
  const count = (value: string | undefined): number =>
    groups
      .filter((group) => value !== undefined && group[data.field] === value)
      .reduce((sum, group) => sum + group.count, 0);
  return { good: count(data.good), open: count(data.open), bad: count(data.bad) };
}

/** Put heads, group rows and records together. */
export function assemble(
  data: BoardData,
  heads: readonly Head[],
  groups: readonly GroupRow[],
  records: readonly Rec[],
): Board {
  const grouped = Boolean(data.progress && groups.some((group) => data.progress && data.progress.field in group));
  const known = new Set(heads.map((head) => keyOf(head.value)));
  const loose = groups.filter((group) => !known.has(keyOf(group[data.group])));
  const all = [
    ...(loose.some((group) => keyOf(group[data.group]) === 'none')
      ? [{ value: null, title: 'None', folded: false }]
      : []),
    ...heads,
  ];
  const columns = all.map((head): BoardColumn => {
    const key = keyOf(head.value);
    const rows = groups.filter((group) => keyOf(group[data.group]) === key);
    const cards = records.filter((record) => keyOf(record[data.group]) === key);
    const raw = data.sum ? rows.map((row) => row[`${data.sum}:sum`]) : [];
    const several = raw.find((value) => Array.isArray(value) && value.length > 1);
    return {
      key,
      ...head,
      cards,
      count: rows.reduce((sum, row) => sum + row.count, 0),
      sum: raw.reduce<number>((sum, value) => sum + amountOf(value), 0),
      ...(several ? { sums: several } : {}),
      progress: !data.progress ? null : grouped ? fromGroups(rows, data.progress) : counted(cards, data.progress),
    };
  });
  const shown = data.allGroups ? columns : columns.filter((column) => column.count > 0);
  return { columns: shown, total: shown.reduce((sum, column) => sum + column.count, 0) };
}

function amountOf(value: unknown): number {
  if (Array.isArray(value)) return amountOf((value[0] as { amount?: unknown } | undefined)?.amount);
  return toNumber(value) ?? 0;
}

/** The board after a card went to another column; it lands at the top. */
export function moved(board: Board, data: BoardData, id: Id, to: string, record?: Rec): Board {
  const from = board.columns.find((column) => column.cards.some((card) => card.id === id));
  const target = board.columns.find((column) => column.key === to);
  const card = from?.cards.find((each) => each.id === id);
  if (!from || !target || !card || from === target) return board;
  const amount = data.sum ? (toNumber(card[data.sum]) ?? 0) : 0;
  const next: Rec = record ?? {
    ...card,
    [data.group]: typeof target.value === 'number' ? { id: target.value, title: target.title } : target.value,
  };
  const columns = board.columns.map((column) => {
    if (column === from) {
      const cards = column.cards.filter((each) => each !== card);
      return {
        ...column,
        count: column.count - 1,
        sum: column.sum - amount,
        cards,
        progress: shifted(column.progress, data, card, -1),
      };
    }
    if (column !== target) return column;
    return {
      ...column,
      count: column.count + 1,
      sum: column.sum + amount,
      cards: [next, ...column.cards],
      progress: shifted(column.progress, data, next, 1),
    };
  });
  return { ...board, columns };
}

/** The progress with one card more or less. */
function shifted(progress: Progress | null, data: BoardData, card: Rec, step: number): Progress | null {
  if (!progress || !data.progress) return progress;
  const { field, good, open, bad } = data.progress;
  const value = card[field];
  return {
    good: progress.good + (value === good ? step : 0),
    open: progress.open + (value === open ? step : 0),
    bad: progress.bad + (value === bad ? step : 0),
  };
}

/** The board with a record in its newest form, where it stands. */
export function refreshed(board: Board, data: BoardData, record: Rec): Board {
  const columns = board.columns.map((column) => {
    const old = column.cards.find((card) => card.id === record.id);
    if (!old) return column;
    const now = { ...old, ...record };
    const progress = shifted(shifted(column.progress, data, old, -1), data, now, 1);
    return { ...column, progress, cards: column.cards.map((card) => (card === old ? now : card)) };
  });
  return { ...board, columns };
}

/** More cards at a column's end; those that are there already stay once. */
export function extended(board: Board, key: string, records: readonly Rec[]): Board {
  const columns = board.columns.map((column) => {
    if (column.key !== key) return column;
    const known = new Set(column.cards.map((card) => card.id));
    return { ...column, cards: [...column.cards, ...records.filter((record) => !known.has(record.id))] };
  });
  return { ...board, columns };
}
