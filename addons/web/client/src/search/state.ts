/** What is searched: filters, groups, words, order. It lives in the URL and becomes one domain. */
import { allOf, anyOf, pathsOf } from '../domain';
import { contains } from '../domain/compare';
import type { ActionInfo, FieldInfo, Fields, WireDomain } from '../rpc/types';
import type { Filter, SearchData } from '../views/data';

/** A typed text: over all search fields, or over one. */
export interface Words {
  field: string | null;
  text: string;
}
export interface SearchState {
  filters: string[];
  groups: string[];
  words: Words[];
  order: string;
}

const list = (text: string | null): string[] => (text ?? '').split(',').filter(Boolean);

/** `name:acme` searches one field; a text without a known field in front searches all. */
export function parseWords(text: string, fields: readonly string[]): Words {
  const at = text.indexOf(':');
  const field = at > 0 ? text.slice(0, at) : '';
  return fields.includes(field) ? { field, text: text.slice(at + 1) } : { field: null, text };
}

/** Read the search from the URL; filters that are not named there are the action's own. */
export function readSearch(params: URLSearchParams, action: ActionInfo, data: SearchData): SearchState {
  const known = new Set(data.filters.map((filter) => filter.id));
  const chosen = params.has('f') ? list(params.get('f')) : (action.filters ?? []);
  const groups = new Set(data.groups.map((group) => group.id));
  return {
    filters: chosen.filter((id) => known.has(id)),
    groups: list(params.get('g')).filter((id) => groups.has(id)),
    words: params.getAll('q').map((text) => parseWords(text, data.fields)),
    order: params.get('o') ?? '',
  };
}

/** The part of the URL that says a changed search. */
export function searchParams(change: Partial<SearchState>): Record<string, string | string[] | null> {
  const params: Record<string, string | string[] | null> = {};
  if (change.filters) params['f'] = change.filters.join(',');
  if (change.groups) params['g'] = change.groups.length ? change.groups.join(',') : null;
  if (change.words) params['q'] = change.words.map((each) => (each.field ? `${each.field}:${each.text}` : each.text));
  if (change.order !== undefined) params['o'] = change.order || null;
  return params;
}

/** Filters over the same fields widen each other ("open or won"); those over other fields narrow. */
export function filterDomain(filters: readonly Filter[]): WireDomain {
  const families = new Map<string, WireDomain[]>();
  for (const filter of filters) {
    const family = pathsOf(filter.domain).sort().join();
    families.set(family, [...(families.get(family) ?? []), filter.domain]);
  }
  return allOf(...[...families.values()].map((each) => anyOf(...each)));
}

const TEXTS = new Set(['char', 'text', 'html', 'many2one', 'many2many', 'selection']);

/** A choice is sought by what the person reads, not by the value that is kept. */
function wordDomain(name: string, text: string, field: FieldInfo | undefined): WireDomain {
  if (field?.type !== 'selection') return [name, 'ilike', text];
  const labelled = (field.selection ?? []).filter(([, label]) => contains(label, text, true));
  return [name, 'in', labelled.map(([value]) => value)];
}

function wordsDomain(words: Words, data: SearchData, fields: Fields): WireDomain {
  const names = words.field ? [words.field] : data.fields;
  const searched = names.filter((name) => TEXTS.has(fields[name.split('.')[0] ?? '']?.type ?? ''));
  return anyOf(...searched.map((name) => wordDomain(name, words.text, fields[name])));
}

/** The whole search as one domain, within the action's own. */
export function searchDomain(state: SearchState, action: ActionInfo, data: SearchData, fields: Fields): WireDomain {
  const filters = data.filters.filter((filter) => state.filters.includes(filter.id));
  const words = state.words.map((each) => wordsDomain(each, data, fields));
  return allOf(action.domain, filterDomain(filters), ...words);
}

/** The group-by paths in the order they were chosen. */
export const groupPaths = (state: SearchState, data: SearchData): string[] =>
  state.groups.flatMap((id) => data.groups.find((group) => group.id === id)?.by ?? []);

/** The next order when a column's head is clicked: up, down, as the view says. */
export function nextOrder(order: string, name: string): string {
  if (order === name) return `${name} desc`;
  return order === `${name} desc` ? '' : name;
}
