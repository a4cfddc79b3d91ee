/** A value outside of React that components can follow. */
import { useSyncExternalStore } from 'react';

export class Store<T> {
  private readonly listeners = new Set<() => void>();

  constructor(private value: T) {}

  get = (): T => this.value;

  set(value: T): void {
    if (Object.is(value, this.value)) return;
    this.value = value;
    this.listeners.forEach((listener) => listener());
  }

  /** Change some members of an object. */
  patch(change: Partial<T>): void {
    this.set({ ...this.value, ...change });
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Hook: the value, and a new render when it changes. */
  use = (): T => useSyncExternalStore(this.subscribe, this.get, this.get);
}
