/** Keyboard shortcuts: who is on the page announces them, one listener runs them, `?` lists them. */
import { useEffect, useRef } from 'react';
import { Store } from '../store';

export interface Shortcut {
  /** Such as `mod+k`, `?`, `alt+arrowup`, `escape`. */
  keys: string;
  label: string;
  group: string;
  run: (event: KeyboardEvent) => void;
  /** Also while typing in a field. */
  typing?: boolean;
}

export const activeShortcuts = new Store<readonly Shortcut[]>([]);

/** The keys of an event in the notation of shortcuts. */
export function keysOf(event: KeyboardEvent): string {
  const key = event.key === ' ' ? 'space' : event.key.toLowerCase();
  const plain = key.length === 1 && !/[a-z0-9]/.test(key);
  return [
    event.ctrlKey || event.metaKey ? 'mod+' : '',
    event.altKey ? 'alt+' : '',
    event.shiftKey && !plain ? 'shift+' : '',
    key,
  ].join('');
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

let modal = false;

/** A dialog that Escape closes is gone before the page hears of the key: look before anybody else does. */
function look(): void {
  modal = document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const keys = keysOf(event);
  const typing = isTyping(event.target);
  const found = activeShortcuts
    .get()
    .findLast((each) => each.keys === keys && (!typing || each.typing) && (!modal || each.typing));
  if (!found) return;
  event.preventDefault();
  found.run(event);
}

export function startShortcuts(): void {
  addEventListener('keydown', look, true);
  addEventListener('keydown', onKey);
}

/** Offer shortcuts while the component is there; the latest wins where two use one key. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  useEffect(() => void (latest.current = shortcuts));
  const shape = shortcuts.map((each) => `${each.keys} ${each.label}`).join('|');
  useEffect(() => {
    const mine = latest.current.map((each, at): Shortcut => ({
      ...each,
      run: (event) => latest.current[at]?.run(event),
    }));
    activeShortcuts.set([...activeShortcuts.get(), ...mine]);
    return () => activeShortcuts.set(activeShortcuts.get().filter((each) => !mine.includes(each)));
  }, [shape]);
}

const NAMES: Record<string, string> = {
  mod: /mac/i.test(globalThis.navigator?.platform ?? '') ? '⌘' : 'Ctrl',
  shift: 'Shift',
  alt: 'Alt',
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  escape: 'Esc',
  enter: 'Enter',
  space: 'Space',
  delete: 'Del',
};

/** The keys as a person reads them. */
export const keyNames = (keys: string): string[] =>
  keys.split('+').map((key) => NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key));
