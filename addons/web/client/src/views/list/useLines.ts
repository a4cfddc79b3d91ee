/** What a list shows: the search as domain, order and groups, and the lines that come of it. */
import { useMemo } from 'react';
import type { GroupRow, Rec, WireDomain } from '../../rpc/types';
import { groupPaths, readSearch, searchDomain, type SearchState } from '../../search/state';
import type { ViewProps } from '../../shell/ActionPage';
import { usePlace } from '../../shell/location';
import { listSpec } from '../spec';
import type { Entries } from './entries';
import { useFlat } from './useFlat';
import { useGrouped } from './useGrouped';
import { useTotals } from './useTotals';

const MOST_LEVELS = 2;
const MOST_LOADED = 2000;

export interface Lines {
  search: SearchState;
  domain: WireDomain;
  order: string;
  entries: Entries;
  sums: GroupRow | undefined;
}

export function useLines({ action, views }: ViewProps): Lines {
  const { params } = usePlace();
  const search = useMemo(() => readSearch(params, action, views.search), [params, action, views]);
  const domain = useMemo(() => searchDomain(search, action, views.search, views.fields), [search, action, views]);
  const spec = useMemo(() => listSpec(views), [views]);
  const sums = useMemo(() => views.list.columns.filter((column) => column.sum).map((column) => column.name), [views]);
  const order = search.order || views.list.order;
  const paths = groupPaths(search, views.search).slice(0, MOST_LEVELS);
  const source = { model: action.model, spec, domain, order };
  const flat = useFlat(source, paths.length === 0);
  const grouped = useGrouped({ source, paths, sums, fields: views.fields });
  return { search, domain, order, entries: paths.length ? grouped : flat, sums: useTotals(views, domain, sums) };
}

/** The records that are here already, in their order. */
export function loadedRecords(entries: Entries): Rec[] {
  const records: Rec[] = [];
  for (let at = 0; at < Math.min(entries.count, MOST_LOADED); at += 1) {
    const entry = entries.at(at);
    if (entry.kind === 'record' && entry.record) records.push(entry.record);
  }
  return records;
}
export const loadedIds = (entries: Entries): number[] => loadedRecords(entries).map((record) => record.id);
