/** The cache of what was read: one client, keys by model, and how a change makes it stale. */
import { QueryClient, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useCallback } from 'react';
import { normaliseViews, type ViewSet } from '../views/data';
import { untitled } from '../views/spec';
import { rpc } from './call';
import { OfflineError, RpcError } from './errors';
import { describe } from './records';

const again = (count: number, error: Error): boolean => error instanceof OfflineError && count < 30;

export const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      gcTime: 10 * 60_000,
      networkMode: 'always',
      refetchOnWindowFocus: true,
      retry: (count, error) => again(count, error) || (error instanceof RpcError && error.status >= 502 && count < 2),
      retryDelay: (count) => Math.min(1000 * 2 ** count, 8000),
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

export const keys = {
  views: (model: string, types: readonly string[], variant?: string | null) => [
    'views',
    model,
    types.join(),
    variant ?? '',
  ],
  model: (model: string) => ['data', model],
  rows: (model: string, ...rest: unknown[]) => ['data', model, 'rows', ...rest],
  record: (model: string, id: number, ...rest: unknown[]) => ['data', model, 'record', id, ...rest],
  groups: (model: string, ...rest: unknown[]) => ['data', model, 'groups', ...rest],
};

const VIEW_TYPES = ['list', 'form', 'board', 'calendar', 'search'] as const;

/** Adds the models that conditions look into, which the view's own answer does not describe. */
async function withModels(set: ViewSet): Promise<ViewSet> {
  const described = await Promise.all(untitled(set).map((name) => describe(name)));
  const models = Object.fromEntries(described.map((each) => [each.model, each]));
  return described.length ? { ...set, models: { ...models, ...set.models } } : set;
}

export const viewsQuery = (model: string, variant?: string | null) => ({
  queryKey: keys.views(model, VIEW_TYPES, variant),
  queryFn: async (): Promise<ViewSet> => {
    const answer = await rpc(model, 'view', { types: VIEW_TYPES, variant: variant ?? null });
    return withModels(normaliseViews(model, answer));
  },
  staleTime: 5 * 60_000,
});

/** The views of a model with the fields they use: one request, kept for minutes. */
export function useViews(model: string, variant?: string | null, enabled = true): UseQueryResult<ViewSet> {
  return useQuery({ ...viewsQuery(model, variant), enabled });
}

/** Tell every list, board and form of a model that its records changed. */
export function useStale(): (model: string) => void {
  const cache = useQueryClient();
  return useCallback((model) => void cache.invalidateQueries({ queryKey: keys.model(model) }), [cache]);
}
