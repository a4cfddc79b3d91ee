/** The breadcrumb's steps with their titles, and the neighbours of the record that is open. */
import { useQueries } from '@tanstack/react-query';
import { actionFor, useBoot } from '../rpc/boot';
import { client, keys, viewsQuery } from '../rpc/queries';
import { read } from '../rpc/records';
import type { Id } from '../rpc/types';
import { Store } from '../store';
import { usePlace, type Crumb, type Place } from './location';

export interface Step {
  title: string;
  place: Place;
}

/** The title of a record, by the model's title field. */
export async function titleOf(model: string, id: Id): Promise<string> {
  const set = await client.fetchQuery(viewsQuery(model));
  const [record] = await read(model, [id], { [set.title]: {} });
  return String(record?.[set.title] ?? '') || `#${id}`;
}

/** Each crumb gives its list and its record a step; the list of a crumb inside a record is left out. */
export function useTrail(): Step[] {
  const boot = useBoot();
  const { crumbs, params } = usePlace();
  const opened = crumbs.filter((crumb): crumb is Crumb & { id: Id } => typeof crumb.id === 'number').slice(0, -1);
  const titles = useQueries({
    queries: opened.map((crumb) => {
      const { model } = actionFor(boot, crumb.name);
      return {
        queryKey: keys.record(model, crumb.id, 'title'),
        queryFn: () => titleOf(model, crumb.id),
        staleTime: 60_000,
      };
    }),
  });
  const steps: Step[] = [];
  crumbs.forEach((crumb, at) => {
    const before = crumbs.slice(0, at);
    if (at === 0)
      steps.push({ title: actionFor(boot, crumb.name).title, place: { crumbs: [{ name: crumb.name }], params } });
    if (crumb.id === undefined) {
      if (at > 0)
        steps.push({ title: actionFor(boot, crumb.name).title, place: { crumbs: [...before, crumb], params } });
      return;
    }
    const index = opened.indexOf(crumb as Crumb & { id: Id });
    const title = crumb.id === 'new' ? 'New' : (titles[index]?.data ?? '');
    steps.push({ title, place: { crumbs: [...before, crumb], params } });
  });
  return steps;
}

/** The records of the list that a form was opened from, for "next" and "previous". */
export const neighbours = new Store<{ model: string; ids: readonly Id[] }>({ model: '', ids: [] });
