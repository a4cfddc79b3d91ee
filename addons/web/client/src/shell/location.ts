/** Where the person is: a trail of crumbs and the search state, both in the URL, so that reload and share keep them. */
import type { Id, Values } from '../rpc/types';
import { Store } from '../store';

/** One step of the trail: an action or a model, and the record opened in it. */
export interface Crumb {
  name: string;
  id?: Id | 'new';
}
export interface Place {
  crumbs: Crumb[];
  params: URLSearchParams;
  /** Values a new record begins with; they live in the history entry, not in the URL. */
  defaults?: Values;
}
/** Asked before leaving; resolves to false to stay. */
export type Guard = () => Promise<boolean>;

const ROOT = '/app';
const DEPTH = 5;
let guard: Guard | null = null;
const current = new Store<Place>({ crumbs: [], params: new URLSearchParams() });

const isRecord = (segment: string | undefined): boolean => segment === 'new' || /^\d+$/.test(segment ?? '');

/** Read the trail from a path such as `/app/crm.opportunities/12/crm.contact/5`. */
export function parsePath(path: string): Crumb[] {
  const segments = path.slice(ROOT.length).split('/').filter(Boolean).map(decodeURIComponent);
  const crumbs: Crumb[] = [];
  for (let at = 0; at < segments.length; at += 1) {
    const crumb: Crumb = { name: segments[at] as string };
    const next = segments[at + 1];
    if (isRecord(next)) {
      crumb.id = next === 'new' ? 'new' : Number(next);
      at += 1;
    }
    crumbs.push(crumb);
  }
  return crumbs;
}

/** Write a place as a URL; the search state belongs to the trail's first step. */
export function formatPlace(place: Pick<Place, 'crumbs' | 'params'>): string {
  const path = place.crumbs.slice(-DEPTH).map((crumb) => {
    const name = encodeURIComponent(crumb.name);
    return crumb.id === undefined ? `/${name}` : `/${name}/${crumb.id}`;
  });
  const query = place.params.toString().replace(/%2C/g, ',');
  return ROOT + path.join('') + (query ? `?${query}` : '');
}

function load(): void {
  const state = history.state as { defaults?: Values } | null;
  current.set({
    crumbs: parsePath(location.pathname),
    params: new URLSearchParams(location.search),
    defaults: state?.defaults,
  });
}

const href = (): string => location.pathname + location.search;

/** Begin to follow the browser's back and forward, asking the guard first. */
export function startRouter(): void {
  let shown = href();
  load();
  current.subscribe(() => void (shown = href()));
  addEventListener('popstate', () => {
    const wanted = href();
    if (!guard) return load();
    history.pushState(null, '', shown);
    void guard().then((leave) => (leave ? navigate(parseUrl(wanted), { unasked: true }) : undefined));
  });
}

export function parseUrl(url: string): Place {
  const { pathname, searchParams } = new URL(url, 'http://local');
  return { crumbs: parsePath(pathname), params: searchParams };
}

export interface NavigateOptions {
  replace?: boolean;
  /** Do not ask the guard: it has been asked, or nothing can be lost. */
  unasked?: boolean;
}

/** Go to a place, unless the guard objects. */
export async function navigate(place: Place, options: NavigateOptions = {}): Promise<void> {
  if (guard && !options.unasked && !(await guard())) return;
  const state = place.defaults ? { defaults: place.defaults } : null;
  const url = formatPlace(place);
  if (options.replace || url === href()) history.replaceState(state, '', url);
  else history.pushState(state, '', url);
  load();
}

export function setGuard(next: Guard | null): void {
  guard = next;
}

export const here = current.get;
export const usePlace = current.use;

/** Change the search state in place, without a new step in the history. */
export function setParams(
  change: Record<string, string | readonly string[] | null>,
  options: NavigateOptions = { replace: true },
): void {
  const place = here();
  const params = new URLSearchParams(place.params);
  for (const [key, value] of Object.entries(change)) {
    params.delete(key);
    if (typeof value === 'string') params.set(key, value);
    else value?.forEach((each) => params.append(key, each));
  }
  void navigate({ ...place, params }, { unasked: true, ...options });
}

/** The place of a record opened from where the person is. */
export function recordPlace(name: string, id: Id | 'new', place: Place = here()): Place {
  const crumbs = place.crumbs.slice();
  const last = crumbs.at(-1);
  if (last && last.name === name && last.id === undefined) crumbs.pop();
  return { crumbs: [...crumbs, { name, id }], params: place.params };
}
