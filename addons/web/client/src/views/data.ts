/** View data as the client uses it: every item an object, every list there, whatever the server left out. */
import type { Fields, ModelAccess, WireDomain } from '../rpc/types';
import { readCalendar, type CalendarData } from './calendar/data';

export interface Item {
  name: string;
  label?: string;
  widget?: string;
  sum?: boolean;
  columns?: Item[];
  visible?: WireDomain;
  readonly?: WireDomain | boolean;
  required?: WireDomain | boolean;
  domain?: WireDomain;
  placeholder?: string;
  span?: number;
  [option: string]: unknown;
}
export interface Button {
  method: string;
  label: string;
  visible?: WireDomain;
  confirm?: string;
  kind?: string;
}
export interface Section {
  id: string;
  title: string;
  columns: number;
  fields: Item[];
  visible?: WireDomain;
}
export interface FormData {
  title: string;
  status: string | null;
  buttons: Button[];
  sections: Section[];
  tabs: Section[];
}
export type Tone = 'danger' | 'warning' | 'success' | 'muted' | 'accent';
export interface ListData {
  columns: Item[];
  decorate: Partial<Record<Tone, WireDomain>>;
  order: string;
}
export interface CardData {
  title: string;
  subtitle?: string;
  amount?: string;
  chips: string[];
  avatar?: string;
  activity?: string;
  edge?: WireDomain;
}
export interface BoardData {
  group: string;
  allGroups: boolean;
  fold: string | null;
  sum: string | null;
  progress: { field: string; good?: string; open?: string; bad?: string } | null;
  order: string;
  card: CardData;
  quickCreate: string[];
}
export interface Filter {
  id: string;
  label: string;
  domain: WireDomain;
}
export interface Grouping {
  id: string;
  label: string;
  by: string;
}
export interface SearchData {
  fields: string[];
  filters: Filter[];
  groups: Grouping[];
}
export interface ViewSet {
  model: string;
  label: string;
  title: string;
  fields: Fields;
  models: Record<string, { fields: Fields; title?: string; access?: Partial<ModelAccess> }>;
  access: ModelAccess;
  list: ListData;
  form: FormData;
  board: BoardData | null;
  calendar: CalendarData | null;
  search: SearchData;
}

type Raw = Record<string, unknown>;
const raw = (value: unknown): Raw => (value !== null && typeof value === 'object' ? (value as Raw) : {});
const many = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const names = (value: unknown): string[] => many(value).map((each) => text(raw(each)['name'] ?? each));
const named = (value: unknown, fallback = ''): string => text(raw(value)['name'] ?? value) || fallback;

/** A field item may come as its bare name. */
export function item(value: unknown): Item {
  if (typeof value === 'string') return { name: value };
  const { columns, ...rest } = raw(value);
  return { ...rest, name: text(rest['name']), ...(columns ? { columns: many(columns).map(item) } : {}) };
}

const known =
  (fields: Fields) =>
  (each: Item): boolean =>
    each.name in fields;

function section(value: unknown, index: number, fields: Fields): Section {
  const source = raw(value);
  return {
    id: text(source['id']) || `section${index}`,
    title: text(source['title']),
    columns: Number(source['columns'] ?? 2),
    fields: many(source['fields']).map(item).filter(known(fields)),
    visible: source['visible'] as WireDomain | undefined,
  };
}

function form(value: unknown, fields: Fields, title: string): FormData {
  const source = raw(value);
  const sections = many(source['section'] ?? source['sections']).map((each, at) => section(each, at, fields));
  const tabs = many(source['tab'] ?? source['tabs']).map((each, at) => section(each, at, fields));
  return {
    title: named(source['title'], title),
    status: named(source['status']) || null,
    buttons: many(source['buttons']).map((each) => raw(each) as unknown as Button),
    sections: sections.length || tabs.length ? sections : [guessed(fields, title)],
    tabs,
  };
}

const AUDIT = new Set(['id', 'created_at', 'created_by', 'updated_at', 'updated_by', 'version', 'archived']);

/** A model without a form view still opens: its stored fields in two columns. */
function guessed(fields: Fields, title: string): Section {
  const shown = Object.values(fields).filter((field) => !AUDIT.has(field.name) && field.name !== title);
  return { id: 'main', title: '', columns: 2, fields: shown.map((field) => ({ name: field.name })) };
}

function list(value: unknown, fields: Fields, title: string): ListData {
  const source = raw(value);
  const columns = many(source['columns']).map(item).filter(known(fields));
  const fallback = guessed(fields, title).fields.filter(
    (each) => !/2many|text|html|json/.test(fields[each.name]?.type ?? ''),
  );
  return {
    columns: columns.length ? columns : [...(title in fields ? [{ name: title }] : []), ...fallback.slice(0, 6)],
    decorate: raw(source['decorate']) as ListData['decorate'],
    order: text(source['order']),
  };
}

function board(value: unknown): BoardData | null {
  const source = raw(value);
  const card = raw(source['card']);
  const group = named(source['group']);
  if (!group) return null;
  return {
    group,
    allGroups: source['all_groups'] !== false,
    fold: named(source['fold']) || null,
    sum: named(source['sum']) || null,
    progress: source['progress'] ? (raw(source['progress']) as unknown as BoardData['progress']) : null,
    order: text(source['order']),
    card: {
      title: named(card['title'], 'name'),
      subtitle: named(card['subtitle']) || undefined,
      amount: named(card['amount']) || undefined,
      chips: names(card['chips']),
      avatar: named(card['avatar']) || undefined,
      activity: named(card['activity']) || undefined,
      edge: card['edge'] as WireDomain | undefined,
    },
    quickCreate: names(source['quick_create']),
  };
}

function search(value: unknown, title: string): SearchData {
  const source = raw(value);
  return {
    fields: names(source['fields']).length ? names(source['fields']) : [title],
    filters: many(source['filter'] ?? source['filters']) as Filter[],
    groups: many(source['group'] ?? source['groups']) as Grouping[],
  };
}

function namedFields(value: unknown): Fields {
  const fields = raw(value) as Fields;
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, { ...field, name }]));
}

/** The answer of `view`, in the client's own shape. */
export function normaliseViews(model: string, answer: unknown): ViewSet {
  const source = raw(answer);
  const views = raw(source['views']);
  const fields = namedFields(source['fields']);
  const title = text(source['title']) || ('name' in fields ? 'name' : (Object.keys(fields)[0] ?? 'id'));
  const models = Object.entries(raw(source['models'])).map(([name, each]): [string, ViewSet['models'][string]] => [
    name,
    {
      fields: namedFields(raw(each)['fields'] ?? each),
      title: text(raw(each)['title']) || undefined,
      access: raw(raw(each)['access']) as Partial<ModelAccess>,
    },
  ]);
  return {
    model,
    label: text(source['label']) || model,
    title,
    fields,
    models: Object.fromEntries(models),
    access: { read: true, create: true, write: true, delete: true, ...(raw(source['access']) as Partial<ModelAccess>) },
    list: list(views['list'], fields, title),
    form: form(views['form'], fields, title),
    board: board(views['board']),
    calendar: readCalendar(raw(views['calendar']), fields, item),
    search: search(views['search'], title),
  };
}
