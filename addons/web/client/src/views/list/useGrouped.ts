/** A grouped list: heads with count and sums; what is open shows further groups, or its records. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { keys } from '../../rpc/queries';
import { group, searchRead } from '../../rpc/records';
import type { Fields, GroupRow, WireDomain } from '../../rpc/types';
import { labelOf, PAGE, type Entries, type Entry, type Source } from './entries';

const MOST_GROUPS = 500;
/** This few groups are open from the beginning. */
const FEW = 12;

interface Opened {
  key: string;
  depth: number;
  domain: WireDomain;
  /** How many records are shown, when the group holds records. */
  shown: number;
}
interface Props {
  source: Source;
  paths: readonly string[];
  sums: readonly string[];
  fields: Fields;
}

const keyOf = (parent: string, group: GroupRow, by: string): string =>
  `${parent}/${by}=${JSON.stringify(group[by] ?? null)}`;

/** Which groups are open: few are from the beginning, else those that were clicked. */
function useOpened(): [(key: string, all: number) => boolean, (key: string) => void] {
  const [turned, setTurned] = useState<Record<string, boolean>>({});
  const isOpen = (key: string, all: number): boolean => Boolean(turned[key]) !== all <= FEW;
  return [isOpen, (key) => setTurned((now) => ({ ...now, [key]: !now[key] }))];
}

export function useGrouped({ source, paths, sums, fields }: Props): Entries {
  const { model, spec, domain, order } = source;
  const [isOpen, toggle] = useOpened();
  const [shown, setShown] = useState<Record<string, number>>({});
  const aggregates = sums.map((name) => `${name}:sum`);
  const groupsOf = (inside: WireDomain, by: string) => ({
    queryKey: keys.groups(model, { domain: inside, by, aggregates }),
    queryFn: () => group(model, { domain: inside, by: [by], aggregates, limit: MOST_GROUPS }),
  });
  const [first = '', second] = paths;
  const top = useQuery({ ...groupsOf(domain, first), enabled: paths.length > 0 });
  const groups = top.data?.groups ?? [];
  const opened = (list: readonly GroupRow[], by: string, parent: string, depth: number): Opened[] =>
    list
      .map((each) => ({
        key: keyOf(parent, each, by),
        depth,
        domain: each.domain,
        shown: shown[keyOf(parent, each, by)] ?? PAGE,
      }))
      .filter((each) => isOpen(each.key, list.length));
  const openTop = opened(groups, first, '', 0);
  const inner = useQueries({ queries: second ? openTop.map((each) => groupsOf(each.domain, second)) : [] });
  const leaves = second
    ? openTop.flatMap((each, at) => opened(inner[at]?.data?.groups ?? [], second, each.key, 1))
    : openTop;
  const pages = useQueries({
    queries: leaves.map((each) => ({
      queryKey: keys.rows(model, { spec, domain: each.domain, order }, 'head', each.shown),
      queryFn: () => searchRead(model, { spec, domain: each.domain, order, limit: each.shown }),
      placeholderData: <T>(previous: T | undefined): T | undefined => previous,
    })),
  });

  const recordsOf = (leaf: string, all: number, depth: number): Entry[] => {
    const at = leaves.findIndex((each) => each.key === leaf);
    const records = pages[at]?.data?.records;
    const lines = Array.from({ length: records?.length ?? Math.min(all, 3) }, (_, index): Entry => ({
      kind: 'record',
      key: `${leaf}#${records?.[index]?.id ?? index}`,
      record: records?.[index],
      index,
      depth,
    }));
    const left = all - (records?.length ?? all);
    if (left <= 0) return lines;
    const load = (): void => setShown((now) => ({ ...now, [leaf]: (leaves[at]?.shown ?? PAGE) + PAGE }));
    return [...lines, { kind: 'more', key: `${leaf}+`, left, load, depth }];
  };
  const linesOf = (list: readonly GroupRow[], by: string, parent: string, depth: number): Entry[] =>
    list.flatMap((each) => {
      const key = keyOf(parent, each, by);
      const open = isOpen(key, list.length);
      const head: Entry = { kind: 'group', key, group: each, label: labelOf(fields, by, each), depth, open };
      if (!open) return [head];
      if (depth > 0 || !second) return [head, ...recordsOf(key, each.count, depth)];
      const at = openTop.findIndex((opening) => opening.key === key);
      return [head, ...linesOf(inner[at]?.data?.groups ?? [], second, key, 1)];
    });
  const lines = linesOf(groups, first, '', 0);
  return {
    count: lines.length,
    at: (index) => lines[index] as Entry,
    total: top.data ? groups.reduce((sum, each) => sum + each.count, 0) : null,
    busy: top.isPending && paths.length > 0,
    error: top.error ?? pages.find((page) => page.error)?.error ?? null,
    onRange: () => undefined,
    toggle,
    retry: () => void top.refetch(),
  };
}
