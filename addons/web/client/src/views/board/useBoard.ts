/** Reads a board in three requests at once, and moves its cards: first on the screen, then on the server. */
import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { allOf } from '../../domain';
import { keys, useStale, viewsQuery } from '../../rpc/queries';
import { conflictOf, missingFields } from '../../rpc/errors';
import { group, searchRead, write, type Changes } from '../../rpc/records';
import type { Rec, WireDomain } from '../../rpc/types';
import { notify, say, tell } from '../../shell/feedback';
import type { BoardData, ViewSet } from '../data';
import { boardSpec } from '../spec';
import { assemble, extended, keyOf, moved, refreshed, type Board, type BoardColumn, type Head } from './board';
import { client } from '../../rpc/queries';

const FIRST = 200;
const MORE = 40;
const MOST_COLUMNS = 60;

async function headsOf(views: ViewSet, data: BoardData): Promise<Head[]> {
  const field = views.fields[data.group];
  if (field?.selection) return field.selection.map(([value, title]) => ({ value, title, folded: false }));
  if (!field?.comodel) return [];
  const related = await client.fetchQuery(viewsQuery(field.comodel));
  const spec = { [related.title]: {}, ...(data.fold ? { [data.fold]: {} } : {}) };
  const page = await searchRead(field.comodel, { domain: [], spec, limit: MOST_COLUMNS, offset: 0 });
  return page.records.map((record) => ({
    value: record.id,
    title: String(record[related.title] ?? ''),
    folded: Boolean(data.fold && record[data.fold]),
  }));
}

async function readBoard(views: ViewSet, data: BoardData, domain: WireDomain): Promise<Board> {
  const { model, fields } = views;
  const split = data.progress && fields[data.progress.field]?.groupable ? [data.progress.field] : [];
  const [heads, counts, page] = await Promise.all([
    headsOf(views, data),
    group(model, { domain, by: [data.group, ...split], aggregates: data.sum ? [`${data.sum}:sum`] : [] }),
    searchRead(model, { domain, spec: boardSpec(views), order: data.order, limit: FIRST, offset: 0 }),
  ]);
  return assemble(data, heads, counts.groups, page.records);
}

/** A move the server refused until some fields are filled. */
export interface Refused {
  record: Rec;
  to: string;
  fields: string[];
  text: string;
}
export interface BoardState {
  query: UseQueryResult<Board>;
  move: (record: Rec, to: string, filled?: Changes) => Promise<void>;
  more: (column: BoardColumn) => Promise<void>;
}

const wire = (value: unknown): unknown => (value !== null && typeof value === 'object' ? (value as Rec).id : value);

export function useBoard(
  views: ViewSet,
  data: BoardData,
  domain: WireDomain,
  onRefused: (refused: Refused) => void,
): BoardState {
  const cache = useQueryClient();
  const stale = useStale();
  const key = [...keys.model(views.model), 'board', domain];
  const query = useQuery({
    queryKey: key,
    queryFn: () => readBoard(views, data, domain),
    placeholderData: (previous) => previous,
  });
  const set = (change: (board: Board) => Board): void =>
    void cache.setQueryData<Board>(key, (board) => (board ? change(board) : board));

  const move = async (record: Rec, to: string, filled: Changes = {}): Promise<void> => {
    const before = cache.getQueryData<Board>(key);
    const target = before?.columns.find((column) => column.key === to);
    if (!before || !target || keyOf(record[data.group]) === to) return;
    await cache.cancelQueries({ queryKey: key });
    set((board) => moved(board, data, record.id, to));
    const changes: Changes = { ...filled, [data.group]: { from: wire(record[data.group]) ?? null, to: target.value } };
    try {
      const saved = await write(views.model, record.id, changes, boardSpec(views));
      set((board) => refreshed(board, data, saved));
      // Lists and forms are stale now; the board itself stays as the person left it, so that the card does not jump.
      void cache.invalidateQueries({
        queryKey: keys.model(views.model),
        predicate: (each) => each.queryKey[2] !== 'board',
      });
      const back = keyOf(record[data.group]);
      notify(`Moved to ${target.title}`, {
        topic: 'move',
        action: { label: 'Undo', run: () => void move(saved, back) },
      });
    } catch (error) {
      set(() => before);
      const fields = missingFields(error);
      if (fields.length) return onRefused({ record, to, fields, text: (error as Error).message });
      say(`${target.title} refused the card; it is back where it was.`);
      if (conflictOf(error)) {
        stale(views.model);
        notify('Somebody moved it first', { hint: 'The board shows where it is now.', tone: 'error' });
      } else tell(error);
    }
  };
  const more = async (column: BoardColumn): Promise<void> => {
    const inside: WireDomain = [data.group, '=', column.value];
    const page = await searchRead(views.model, {
      domain: allOf(domain, inside),
      spec: boardSpec(views),
      order: data.order,
      limit: MORE,
      offset: column.cards.length,
    });
    set((board) => extended(board, column.key, page.records));
  };
  return { query, move, more: (column) => more(column).catch(tell) };
}
