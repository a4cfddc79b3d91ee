/** Sums over everything that matches. The server sums by groups, so a field with few values is the way to the whole. */
import { useQuery } from '@tanstack/react-query';
import { keys } from '../../rpc/queries';
import { group } from '../../rpc/records';
import type { FieldInfo, GroupRow, WireDomain } from '../../rpc/types';
import { toNumber } from '../../widgets/format';
import type { ViewSet } from '../data';

const MOST_GROUPS = 1000;
const FEWEST: FieldInfo['type'][] = ['boolean', 'selection', 'many2one'];

/** The field with the fewest values to group by. */
function coarsest(views: ViewSet): string | null {
  const fields = Object.values(views.fields).filter((field) => field.groupable);
  for (const type of FEWEST) {
    const found = fields.find((field) => field.type === type);
    if (found) return found.name;
  }
  return null;
}

interface Part {
  currency: unknown;
  amount: unknown;
}

/** One sum, or one per currency. */
function added(values: readonly unknown[]): unknown {
  const parts = values.filter(Array.isArray).flat() as Part[];
  if (parts.length === 0) return values.reduce<number>((sum, value) => sum + (toNumber(value) ?? 0), 0);
  const sums = new Map<string, Part>();
  for (const part of parts) {
    const key = JSON.stringify(part.currency);
    sums.set(key, {
      currency: part.currency,
      amount: (toNumber(sums.get(key)?.amount) ?? 0) + (toNumber(part.amount) ?? 0),
    });
  }
  return [...sums.values()];
}

export function useTotals(views: ViewSet, domain: WireDomain, sums: readonly string[]): GroupRow | undefined {
  const by = coarsest(views);
  const query = useQuery({
    queryKey: keys.groups(views.model, { domain, sums, by, total: true }),
    enabled: sums.length > 0 && by !== null,
    queryFn: async (): Promise<GroupRow> => {
      const aggregates = sums.map((name) => `${name}:sum`);
      const { groups } = await group(views.model, { domain, by: [by ?? ''], aggregates, limit: MOST_GROUPS });
      const totals = Object.fromEntries(aggregates.map((name) => [name, added(groups.map((row) => row[name]))]));
      return { ...totals, count: groups.reduce((sum, row) => sum + row.count, 0), domain };
    },
  });
  return query.data;
}
