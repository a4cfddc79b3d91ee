/** Parts of the client that are loaded when they are needed, without the pause that a suspended render brings. */
import { useEffect, useReducer, type ComponentType } from 'react';

type Loader<P> = () => Promise<{ default: ComponentType<P> }>;
export interface Later<P> {
  load: () => Promise<unknown>;
  get: () => ComponentType<P> | null;
  failure: () => unknown;
}

/** A component behind an import; `load` may be called long before it is rendered. */
export function later<P>(loader: Loader<P>): Later<P> {
  let loaded: ComponentType<P> | null = null;
  let failure: unknown = null;
  let loading: Promise<unknown> | null = null;
  return {
    get: () => loaded,
    failure: () => failure,
    load: () => {
      loading ??= loader().then(
        (module) => void (loaded = module.default),
        (error: unknown) => {
          failure = error;
          loading = null;
        },
      );
      return loading;
    },
  };
}

/** The component, or null while it is on its way. */
export function useLater<P>(part: Later<P>): ComponentType<P> | null {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    if (!part.get()) void part.load().then(again);
  }, [part]);
  return part.get();
}
