/** The list by keyboard: arrows move, space selects, Enter opens. */
import type { KeyboardEvent } from 'react';
import { isTyping, useShortcuts } from '../../shell/shortcuts';
import type { Rec } from '../../rpc/types';
import type { Entries } from './entries';
import type { Selection } from './useSelection';

interface Props {
  entries: Entries;
  selection: Selection;
  scrollTo: (index: number) => void;
  open: (record: Rec) => void;
  create?: () => void;
  remove?: () => void;
}

export function useListKeys({
  entries,
  selection,
  scrollTo,
  open,
  create,
  remove,
}: Props): (event: KeyboardEvent) => void {
  const { active } = selection;
  const move = (index: number, extend: boolean): void => {
    const next = Math.max(0, Math.min(index, entries.count - 1));
    selection.setActive(next);
    scrollTo(next);
    if (extend) selection.toggle(next);
  };
  const enter = (): void => {
    const entry = active >= 0 && active < entries.count ? entries.at(active) : undefined;
    if (entry?.kind === 'group') entries.toggle(entry.key);
    else if (entry?.kind === 'more') entry.load();
    else if (entry?.record) open(entry.record);
  };
  const all = (): void => {
    const ids: number[] = [];
    for (let at = 0; at < entries.count; at += 1) {
      const entry = entries.at(at);
      if (entry.kind === 'record' && entry.record) ids.push(entry.record.id);
    }
    selection.set(ids);
  };
  useShortcuts([
    ...(create ? [{ keys: 'n', label: 'New record', group: 'This page', run: create }] : []),
    { keys: 'arrowdown', label: 'Next line', group: 'List', run: () => move(active + 1, false) },
    { keys: 'arrowup', label: 'Line before', group: 'List', run: () => move(active - 1, false) },
    { keys: 'space', label: 'Select the line', group: 'List', run: () => selection.toggle(Math.max(active, 0)) },
    { keys: 'enter', label: 'Open the line', group: 'List', run: enter },
    { keys: 'mod+a', label: 'Select what is loaded', group: 'List', run: all },
    {
      keys: 'escape',
      label: 'Clear the selection',
      group: 'List',
      run: () => {
        selection.clear();
        selection.setActive(-1);
      },
    },
    ...(remove ? [{ keys: 'delete', label: 'Delete what is selected', group: 'List', run: remove }] : []),
  ]);
  return (event) => {
    if (isTyping(event.target) && (event.target as HTMLInputElement).type !== 'checkbox') return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -1e9, End: 1e9 }[event.key];
    if (step && (event.shiftKey || !/^Arrow/.test(event.key))) {
      event.preventDefault();
      move(active + step, event.shiftKey);
    }
  };
}
