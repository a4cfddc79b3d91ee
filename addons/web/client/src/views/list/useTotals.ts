/** Sums over everything that matches, not only over what is on the screen. */
import { useQuery } from '@tanstack/react-query';
import { keys } from '../../rpc/queries';
import { group } from '../../rpc/records';
import type { GroupRow, WireDomain } from '../../rpc/types';
import type { ViewSet } from '../data';

export function useTotals(views: ViewSet, domain: WireDomain, sums: readonly string[]): GroupRow | undefined {
  const query = useQuery({
    queryKey: keys.groups(views.model, { domain, sums, total: true }),
    enabled: sums.length > 0,
    queryFn: async (): Promise<GroupRow | null> => {
      const aggregates = sums.map((name) => `${name}:sum`);
      const { groups } = await group(views.model, { domain, by: [], aggregates, limit: 1 });
      return groups[0] ?? null;
    },
  });
  return query.data ?? undefined;
}
