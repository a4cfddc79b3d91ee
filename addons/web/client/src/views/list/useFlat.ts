/** A flat list over any number of records: only the pages in sight are fetched. */
import { useQueries } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { keys } from '../../rpc/queries';
import { searchRead } from '../../rpc/records';
import type { Rec } from '../../rpc/types';
import { PAGE, type Entries, type Source } from './entries';

function pagesBetween(first: number, last: number): number[] {
  const from = Math.floor(first / PAGE);
  const to = Math.floor(Math.max(first, last) / PAGE);
  return [...new Set([0, ...Array.from({ length: to - from + 1 }, (_, at) => from + at)])];
}

export function useFlat(source: Source, enabled: boolean): Entries {
  const { model, spec, domain, order } = source;
  const [pages, setPages] = useState([0]);
  const answers = useQueries({
    queries: pages.map((page) => ({
      queryKey: keys.rows(model, { spec, domain, order }, page),
      queryFn: () => searchRead(model, { spec, domain, order, limit: PAGE, offset: page * PAGE, count: page === 0 }),
      enabled,
    })),
  });
  const onRange = useCallback((first: number, last: number) => {
    const wanted = pagesBetween(first, last);
    setPages((now) => (now.length === wanted.length && now.every((page, at) => page === wanted[at]) ? now : wanted));
  }, []);
  const first = answers[0];
  const total = first?.data?.total ?? null;
  const recordAt = (index: number): Rec | undefined =>
    answers[pages.indexOf(Math.floor(index / PAGE))]?.data?.records[index % PAGE];
  return {
    count: first?.data ? (total ?? first.data.records.length) : 0,
    at: (index) => ({
      kind: 'record',
      key: String(recordAt(index)?.id ?? `bone${index}`),
      record: recordAt(index),
      index,
      depth: 0,
    }),
    total,
    busy: enabled && Boolean(first?.isPending),
    error: answers.find((answer) => answer.error)?.error ?? null,
    onRange,
    toggle: () => undefined,
    retry: () => answers.forEach((answer) => void answer.refetch()),
  };
}
