/** Delete records after asking once. */
import { useCallback } from 'react';
import { useStale } from '../rpc/queries';
import { remove } from '../rpc/records';
import type { Id } from '../rpc/types';
import { ask, notify, tell } from '../shell/feedback';

/** Asks, deletes, tells; resolves to whether the records are gone. */
export function useRemove(model: string): (ids: Id[], title?: string) => Promise<boolean> {
  const stale = useStale();
  return useCallback(
    async (ids, title) => {
      const what = ids.length === 1 ? (title ? `“${title}”` : 'this record') : `${ids.length} records`;
      const sure = await ask({
        title: `Delete ${what}?`,
        text: 'This cannot be undone here.',
        confirm: 'Delete',
        danger: true,
      });
      if (!sure) return false;
      try {
        await remove(model, ids);
        stale(model);
        notify(ids.length === 1 ? 'Deleted' : `${ids.length} records deleted`);
        return true;
      } catch (error) {
        tell(error);
        return false;
      }
    },
    [model, stale],
  );
}
