/** Records of a model by a part of their title, for pickers; and making a new one from what was typed. */
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { RpcError } from '../../rpc/errors';
import { client, keys, useStale, viewsQuery } from '../../rpc/queries';
import { create, nameSearch } from '../../rpc/records';
import type { Ref, WireDomain } from '../../rpc/types';
import { tell } from '../../shell/feedback';
import { askForRecord } from '../../views/form/dialog';

export interface Names {
  names: Ref[];
  /** The names belong to what is typed now; until then nothing is chosen or created by Enter. */
  settled: boolean;
}

export function useNames(model: string, text: string, enabled: boolean, domain: WireDomain = []): Names {
  const [searched] = useDebouncedValue(text.trim(), 120);
  const answer = useQuery({
    queryKey: keys.rows(model, 'names', searched, domain),
    queryFn: () => nameSearch(model, searched, domain, 8),
    enabled,
    staleTime: 20_000,
    placeholderData: (previous) => previous,
  });
  return { names: answer.data ?? [], settled: searched === text.trim() && !answer.isFetching };
}

export interface Maker {
  /** With the typed text as its title, else in a form where something is missing. */
  make: (text: string) => Promise<Ref | null>;
  /** In a form, begun with the typed text. */
  makeInForm: (text: string) => Promise<Ref | null>;
}

export function useMaker(model: string): Maker {
  const stale = useStale();
  const makeInForm = async (text: string): Promise<Ref | null> => {
    const views = await client.fetchQuery(viewsQuery(model));
    const made = await askForRecord(model, text ? { [views.title]: text } : {});
    if (made) stale(model);
    return made;
  };
  const make = async (text: string): Promise<Ref | null> => {
    try {
      const views = await client.fetchQuery(viewsQuery(model));
      const record = await create(model, { [views.title]: text }, { [views.title]: {} });
      stale(model);
      return { id: record.id, title: String(record[views.title] ?? text) };
    } catch (error) {
      if (error instanceof RpcError && (error.status === 400 || error.status === 422)) return makeInForm(text);
      tell(error);
      return null;
    }
  };
  return { make, makeInForm };
}
