/** The methods of every model that the client calls, typed. */
import { rpc } from './call';
import type { Fields, GroupRow, Id, ModelAccess, Page, Rec, Ref, Spec, Values, WireDomain } from './types';

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

export const searchRead = (model: string, query: Query): Promise<Page> => rpc(model, 'search_read', query);
export const read = (model: string, ids: Id[], spec: Spec): Promise<Rec[]> => rpc(model, 'read', { ids, spec });
export const create = (model: string, values: Values, spec: Spec): Promise<Rec> =>
  rpc(model, 'create', { values, spec });
export const write = (model: string, id: Id, changes: Changes, spec: Spec): Promise<Rec> =>
  rpc(model, 'write', { id, changes, spec });
export const remove = (model: string, ids: Id[]): Promise<boolean> => rpc(model, 'delete', { ids });
export const copy = (model: string, id: Id): Promise<Rec> => rpc(model, 'copy', { id });
export const describe = (model: string): Promise<Described> => rpc(model, 'describe');
export const nameSearch = (model: string, text: string, domain: WireDomain = [], limit = 8): Promise<Ref[]> =>
  rpc(model, 'name_search', { text, domain, limit });
export const group = (model: string, query: GroupQuery): Promise<{ groups: GroupRow[]; total: number | null }> =>
  rpc(model, 'group', query);
export const onchange = (
  model: string,
  values: Values,
  changed: string[],
  spec: Spec,
  id: Id | null = null,
): Promise<Onchange> => rpc(model, 'onchange', { values, changed, spec, id });
/** Call a method that the model exposes, on some records. */
export const callMethod = <T = unknown>(model: string, method: string, ids: Id[], args: Values = {}): Promise<T> =>
  rpc(model, method, { ids, args });
