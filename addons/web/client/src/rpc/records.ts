/** The methods of every model that the client calls, typed. */
import { rpc } from './call';
import { sent, titled } from './titles';
import type {
  Fields,
  GroupRow,
  Id,
  ModelAccess,
  Page,
  Rec,
  Ref,
  Spec,
  Values,
  WireDomain,
  TextChanges,
  Translations,
} from './types';

export interface Query {
  domain: WireDomain;
  spec: Spec;
  order?: string;
  limit?: number;
  offset?: number;
  count?: boolean;
}
export interface GroupQuery {
  domain: WireDomain;
  by: string[];
  aggregates?: string[];
  order?: string;
  limit?: number;
  offset?: number;
}
/** A change of one field: the value that was seen, and the wanted one. */
export type Changes = Record<string, { from: unknown; to: unknown }>;
export interface Onchange {
  values: Values;
  warnings?: string[];
}
export interface Described {
  model: string;
  label: string;
  title: string;
  fields: Fields;
  access: ModelAccess;
}

export async function searchRead(model: string, query: Query): Promise<Page> {
  const page = await rpc<Page>(model, 'search_read', { ...query, spec: sent(query.spec) });
  return { ...page, records: titled(page.records, query.spec) };
}
export const read = async (model: string, ids: Id[], spec: Spec): Promise<Rec[]> =>
  titled(await rpc<Rec[]>(model, 'read', { ids, spec: sent(spec) }), spec);
const one = async (spec: Spec, answer: Promise<Rec>): Promise<Rec> => titled([await answer], spec)[0] as Rec;
export const create = (model: string, values: Values, spec: Spec): Promise<Rec> =>
  one(spec, rpc(model, 'create', { values, spec: sent(spec) }));
export const write = (model: string, id: Id, changes: Changes, spec: Spec): Promise<Rec> =>
  one(spec, rpc(model, 'write', { id, changes, spec: sent(spec) }));
export const remove = (model: string, ids: Id[]): Promise<boolean> => rpc(model, 'delete', { ids });
export const copy = (model: string, id: Id): Promise<Rec> => rpc(model, 'copy', { id });
export const describe = (model: string): Promise<Described> => rpc(model, 'describe');
export const nameSearch = (model: string, text: string, domain: WireDomain = [], limit = 8): Promise<Ref[]> =>
  rpc(model, 'name_search', { text, domain, limit });
export const group = (model: string, query: GroupQuery): Promise<{ groups: GroupRow[]; total: number | null }> =>
  rpc(model, 'group', query);
export async function onchange(
  model: string,
  values: Values,
  changed: string[],
  spec: Spec,
  id: Id | null = null,
): Promise<Onchange> {
  const answer = await rpc<Onchange>(model, 'onchange', { values, changed, spec: sent(spec), id });
  const [named] = titled([{ id: 0, ...answer.values }], spec);
  const { id: _id, ...rest } = named as Rec;
  return { ...answer, values: rest };
}
/** All texts of a translated field, and the languages there are. */
export const translations = (model: string, id: Id, field: string): Promise<Translations> =>
  rpc(model, 'translations', { id, field });
export const setTranslations = (model: string, id: Id, field: string, changes: TextChanges): Promise<unknown> =>
  rpc(model, 'set_translations', { id, field, changes });
/** Call a method that the model exposes, on some records. */
export const callMethod = <T = unknown>(model: string, method: string, ids: Id[], args: Values = {}): Promise<T> =>
  rpc(model, method, { ids, args });
