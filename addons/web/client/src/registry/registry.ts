/** Named things that addons contribute: widgets, views, systray items, commands. */
import { Store } from '../store';

export interface Entry<T> {
  key: string;
  value: T;
  sequence: number;
}
export interface AddOptions {
  /** Lower comes first; 50 unless told. */
  sequence?: number;
  /** Replace what is there instead of failing. */
  force?: boolean;
}
export interface Category<T> {
  add(key: string, value: T, options?: AddOptions): void;
  get(key: string): T | undefined;
  all(): Entry<T>[];
}

/** Categories of entries; whoever shows one is told when it changes, so an addon may arrive late. */
export class Registry {
  private readonly categories = new Map<string, Map<string, Entry<unknown>>>();
  /** Counts additions, for those who show what is here. */
  readonly version = new Store(0);

  category<T = unknown>(name: string): Category<T> {
    const entries = this.entries(name) as Map<string, Entry<T>>;
    return {
      add: (key, value, options = {}) => {
        if (entries.has(key) && !options.force) {
          throw new Error(`Registry "${name}": "${key}" is already there. Use another key, or force: true.`);
        }
        entries.set(key, { key, value, sequence: options.sequence ?? 50 });
        this.version.set(this.version.get() + 1);
      },
      get: (key) => entries.get(key)?.value,
      all: () => [...entries.values()].sort((a, b) => a.sequence - b.sequence || (a.key < b.key ? -1 : 1)),
    };
  }

  private entries(name: string): Map<string, Entry<unknown>> {
    const known = this.categories.get(name);
    if (known) return known;
    const fresh = new Map<string, Entry<unknown>>();
    this.categories.set(name, fresh);
    return fresh;
  }
}

export const registry = new Registry();

/** The entries of a category, in order; renders again when one is added. */
export function useRegistry<T>(name: string): Entry<T>[] {
  registry.version.use();
  return registry.category<T>(name).all();
}

/** One entry of a category, or undefined while nobody has added it. */
export function useEntry<T>(name: string, key: string | undefined): T | undefined {
  registry.version.use();
  return key ? registry.category<T>(name).get(key) : undefined;
}
