/** The shapes of the wire: boot data, fields, records, and what the server says about them. */

export type Id = number;
/** A domain in wire form: nested lists, see src/domain. */
export type WireDomain = readonly unknown[];
/** A relation's value: its id and title, or a mark that the reader may not see it. */
export interface Ref {
  id: Id | null;
  title?: string;
  hidden?: boolean;
  [field: string]: unknown;
}
/** A record as the server sends it: id, version, and the fields that the spec asked for. */
export interface Rec {
  id: Id;
  version?: number;
  [field: string]: unknown;
}
export type Values = Record<string, unknown>;
/** A nested field spec: which fields to read, and of which relations what. */
export interface Spec {
  /** `title` stays here: of a relation read with fields of its own it says which one is its title. */
  [field: string]: { fields?: Spec; limit?: number; title?: string };
}

export type FieldType =
  | 'char'
  | 'text'
  | 'html'
  | 'integer'
  | 'float'
  | 'decimal'
  | 'money'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'daterange'
  | 'datetimerange'
  | 'duration'
  | 'selection'
  | 'json'
  | 'binary'
  | 'image'
  | 'reference'
  | 'many2one'
  | 'one2many'
  | 'many2many';

export interface FieldInfo {
  name: string;
  type: FieldType;
  label: string;
  required?: boolean;
  readonly?: boolean;
  help?: string;
  stored?: boolean;
  sortable?: boolean;
  searchable?: boolean;
  groupable?: boolean;
  nullable?: boolean;
  /** There is a text per language. */
  translate?: boolean;
  /** Each company has a value of its own. */
  company_dependent?: boolean;
  comodel?: string | null;
  inverse?: string | null;
  selection?: readonly (readonly [string, string])[];
  digits?: readonly [number, number] | null;
  currency_field?: string | null;
  /** The value never comes here, only whether there is one. */
  secret?: boolean;
  /** Bytes that a file may have. */
  max_size?: number;
  /** The models that a reference may lead to; null for any. */
  models?: readonly string[] | null;
  /** Its changes are kept in the history. */
  tracked?: boolean;
  /** An administrator added it. */
  extra?: boolean;
}
/** The texts of one field by language. */
export interface Translations {
  texts: Readonly<Record<string, string>>;
  /** Every language there is, the tenant's first. */
  languages: readonly string[];
}
export type TextChanges = Record<string, { from: string; to: string }>;
export type Fields = Record<string, FieldInfo>;
export interface ModelAccess {
  read: boolean;
  create: boolean;
  write: boolean;
  delete: boolean;
}

export interface MenuItem {
  id: string;
  title: string;
  icon?: string;
  action?: string | null;
  url?: string;
  menus?: MenuItem[];
}
export interface ActionInfo {
  id: string;
  title: string;
  model: string;
  views: string[];
  variant?: string | null;
  domain?: WireDomain;
  filters?: string[];
  help?: string;
  /** Values that a new record of this action begins with. */
  defaults?: Values;
}
export interface Currency {
  code: string;
  symbol: string;
  decimals: number;
}
export interface Boot {
  user: { id: Id; name: string; login: string; language: string; tz: string };
  tenant: { name: string; title: string };
  company: { id: Id; name: string; currency: Currency };
  csrf: string;
  apps: MenuItem[];
  actions: Record<string, ActionInfo>;
  addons: { name: string; url: string; css?: string }[];
  version: string;
}

export interface Page {
  records: Rec[];
  total: number | null;
}
export interface GroupRow {
  count: number;
  domain: WireDomain;
  [key: string]: unknown;
}
/** What an exposed method may ask the client to do next. */
export interface ActionResult {
  type: 'form' | 'reload' | 'notify' | 'action' | 'url';
  model?: string;
  /** Without it, a form is that of a new record, which begins with `defaults`. */
  id?: Id | string;
  defaults?: Record<string, unknown>;
  text?: string;
  url?: string;
}
