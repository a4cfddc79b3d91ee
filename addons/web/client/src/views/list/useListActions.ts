/** What can be done from a list: open, create, delete, select everything that matches. */
import { useMemo, useRef } from 'react';
import { searchRead } from '../../rpc/records';
import type { Id, Rec, WireDomain } from '../../rpc/types';
import type { ViewProps } from '../../shell/ActionPage';
import { formatPlace, navigate, recordPlace } from '../../shell/location';
import { neighbours } from '../../shell/trail';
import { useRemove } from '../useRemove';
import type { Entries } from './entries';
import type { RowActions } from './Row';
import { loadedIds } from './useLines';
import type { Selection } from './useSelection';

/** The server reads so many at once. */
const MOST_SELECTED = 1000;

export interface ListActions {
  create?: () => void;
  open: (record: Rec, newTab?: boolean) => void;
  /** Deletes what is selected. */
  remove?: () => void;
  selectAll: () => Promise<void>;
  /** For rows: the same object on every render, so that rows stay as they are. */
  ofRow: RowActions;
}

export function useListActions(
  props: ViewProps,
  domain: WireDomain,
  entries: Entries,
  selection: Selection,
): ListActions {
  const { action, views } = props;
  const removeRecords = useRemove(action.model);
  const { access } = views;
  const open = (record: Rec, newTab = false): void => {
    const place = recordPlace(action.id, record.id);
    if (newTab) return void window.open(formatPlace(place), '_blank', 'noopener');
    neighbours.set({ model: action.model, ids: loadedIds(entries) });
    void navigate(place);
  };
  const removeIds = (ids: Id[]): void => void removeRecords(ids).then((done) => done && selection.clear());
  const now: RowActions = { open, select: selection.toggle, remove: (record) => removeIds([record.id]) };
  const latest = useRef(now);
  latest.current = now;
  const ofRow = useMemo<RowActions>(
    () => ({
      open: (record, newTab) => latest.current.open(record, newTab),
      select: (index, through) => latest.current.select(index, through),
      remove: access.delete ? (record) => latest.current.remove?.(record) : undefined,
    }),
    [access],
  );
  return {
    create: access.create ? () => void navigate(recordPlace(action.id, 'new')) : undefined,
    open,
    remove: access.delete ? () => removeIds([...selection.ids]) : undefined,
    selectAll: async () => {
      const page = await searchRead(action.model, { domain, spec: {}, limit: MOST_SELECTED, offset: 0 });
      selection.set(page.records.map((record) => record.id));
    },
    ofRow,
  };
}
