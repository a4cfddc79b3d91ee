/** An operation from the moment it is filed until it is over; the server may be away for a second in between. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { RpcError } from '../rpc/errors';
import { notify } from '../shell/feedback';
import { isFailed, isOver, listed, readApps, readOperation, type AppList, type Operation } from './data';
import { refreshBoot } from './refresh';

export const APPS_KEY = ['apps'];
const POLL = 700;

/** The list, read again while something runs. */
export function useApps() {
  return useQuery({
    queryKey: APPS_KEY,
    queryFn: readApps,
    refetchInterval: (query) =>
      query.state.data?.operations.some((operation) => !isOver(operation)) ? POLL * 2 : false,
  });
}

/** One operation, followed until it is over; then menus and the list are read anew. */
export function useOperation(id: number | null): Operation | undefined {
  const cache = useQueryClient();
  const told = useRef<number | null>(null);
  const query = useQuery({
    queryKey: ['operation', id],
    enabled: id !== null,
    staleTime: 0,
    queryFn: () => readOperation(id ?? 0),
    retry: (count, error) => !(error instanceof RpcError && error.status < 500) || count < 3,
    refetchInterval: (state) => (state.state.data && isOver(state.state.data) ? false : POLL),
  });
  const operation = query.data;
  const over = operation && isOver(operation);
  useEffect(() => {
    if (!operation || !over || told.current === operation.id) return;
    told.current = operation.id;
    const finish = async (): Promise<void> => {
      const apps = cache.getQueryData<AppList>(APPS_KEY)?.apps ?? [];
      if (!isFailed(operation)) {
        notify(`${listed(operation.addons, apps)} ${operation.kind === 'install' ? 'installed' : 'uninstalled'}`, {
          tone: 'success',
        });
        await refreshBoot();
      }
      await cache.invalidateQueries({ queryKey: APPS_KEY });
    };
    void finish();
  }, [operation, over, cache]);
  return operation;
}
