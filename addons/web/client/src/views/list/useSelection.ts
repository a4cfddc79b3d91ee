/** Which records are selected, and the line the keyboard stands on. */
import { useCallback, useState } from 'react';
import type { Id } from '../../rpc/types';
import type { Entries } from './entries';

export interface Selection {
  ids: ReadonlySet<Id>;
  active: number;
  setActive: (index: number) => void;
  toggle: (index: number, through?: boolean) => void;
  set: (ids: Iterable<Id>) => void;
  clear: () => void;
}

export function useSelection(entries: Entries): Selection {
  const [ids, setIds] = useState<ReadonlySet<Id>>(new Set());
  const [active, setActive] = useState(-1);
  const [anchor, setAnchor] = useState(-1);
  const idAt = (index: number): Id | undefined => {
    const entry = index >= 0 && index < entries.count ? entries.at(index) : undefined;
    return entry?.kind === 'record' ? entry.record?.id : undefined;
  };
  const toggle = (index: number, through = false): void => {
    const from = through && anchor >= 0 ? Math.min(anchor, index) : index;
    const to = through && anchor >= 0 ? Math.max(anchor, index) : index;
    const id = idAt(index);
    const on = id !== undefined && !ids.has(id);
    const next = new Set(ids);
    for (let at = from; at <= to; at += 1) {
      const each = idAt(at);
      if (each !== undefined) next[on ? 'add' : 'delete'](each);
    }
    setIds(next);
    setAnchor(index);
    setActive(index);
  };
  const set = useCallback((wanted: Iterable<Id>) => setIds(new Set(wanted)), []);
  const clear = useCallback(() => setIds(new Set()), []);
  return { ids, active, setActive, toggle, set, clear };
}
