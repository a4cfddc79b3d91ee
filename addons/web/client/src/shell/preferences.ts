/** What the person set for this browser: row height, folded sidebar, records looked at lately. */
import type { Id } from '../rpc/types';
import { Store } from '../store';

export type Density = 'compact' | 'normal' | 'comfortable';
export interface Recent {
  name: string;
  id: Id;
  title: string;
}
interface Preferences {
  density: Density;
  /** Unset follows the width of the window. */
  folded: boolean | null;
  recent: Recent[];
  /** Menus that the person opened or closed, against what they are at first. */
  menus: Record<string, boolean>;
}

const KEY = 'tenon.preferences';
export const ROW_HEIGHT: Record<Density, number> = { compact: 28, normal: 36, comfortable: 44 };

function load(): Preferences {
  const fallback: Preferences = { density: 'normal', folded: null, recent: [], menus: {} };
  try {
    return { ...fallback, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>) };
  } catch {
    return fallback;
  }
}

export const preferences = new Store(load());

export function prefer(change: Partial<Preferences>): void {
  preferences.patch(change);
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences.get()));
  } catch {
    // A browser without storage keeps the choice for this page only.
  }
}

/** Below this width the sidebar is folded until the person unfolds it. */
export const NARROW = '(max-width: 1100px)';

/** Fold what is open, open what is folded. */
export function fold(): void {
  prefer({ folded: !(preferences.get().folded ?? matchMedia(NARROW).matches) });
}

/** Remember a record for the palette: the latest eight, each once. */
export function remember(record: Recent): void {
  const { recent } = preferences.get();
  const others = recent.filter((each) => each.name !== record.name || each.id !== record.id);
  const [first] = recent;
  if (first?.name === record.name && first.id === record.id && first.title === record.title) return;
  prefer({ recent: [record, ...others].slice(0, 8) });
}
