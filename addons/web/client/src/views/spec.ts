/** Which fields to ask for: those a view shows, those its conditions read, and the currency of its amounts. */
import { addPath, pathsOf } from '../domain';
import type { Fields, Spec, WireDomain } from '../rpc/types';
import { cardItems } from './calendar/data';
import type { Item, Section, ViewSet } from './data';

export const LINES_LIMIT = 200;

/** Many2one fields that a condition looks into are read with their title beside. */
function withTitles(spec: Spec, set: ViewSet): Spec {
  for (const [name, entry] of Object.entries(spec)) {
    const field = set.fields[name];
    const title = field?.type === 'many2one' && entry.fields ? set.models[field.comodel ?? '']?.title : undefined;
    if (!title || !entry.fields) continue;
    entry.title = title;
    addPath(entry.fields, title);
  }
  return spec;
}

/** The models whose title must be known before the views can be shown: those that conditions look into. */
export function untitled(set: ViewSet): string[] {
  const specs = [listSpec(set), formSpec(set), boardSpec(set)];
  const models = specs.flatMap((spec) =>
    Object.entries(spec).flatMap(([name, entry]) => {
      const field = set.fields[name];
      return field?.type === 'many2one' && entry.fields && field.comodel ? [field.comodel] : [];
    }),
  );
  return [...new Set(models)].filter((model) => !set.models[model]?.title);
}

function addField(spec: Spec, fields: Fields, name: string): void {
  const field = fields[name];
  if (!field) return;
  addPath(spec, name);
  if (field.type === 'money' && field.currency_field && field.currency_field in fields)
    addPath(spec, field.currency_field);
}

function addCondition(spec: Spec, fields: Fields, condition: WireDomain | boolean | null | undefined): void {
  if (!Array.isArray(condition)) return;
  for (const path of pathsOf(condition)) if ((path.split('.')[0] ?? '') in fields) addPath(spec, path);
}

function addItem(spec: Spec, set: ViewSet, each: Item): void {
  addField(spec, set.fields, each.name);
  [each.visible, each.readonly, each.required].forEach((condition) => addCondition(spec, set.fields, condition));
  const field = set.fields[each.name];
  if (field?.type !== 'one2many' || !field.comodel) return;
  const lines = set.models[field.comodel]?.fields ?? {};
  const nested: Spec = {};
  columnsOf(each, lines, field.inverse).forEach((column) => addField(nested, lines, column.name));
  spec[each.name] = { fields: nested, limit: LINES_LIMIT };
}

/** The columns of a table of lines: those named, else the first few plain fields. */
export function columnsOf(each: Item, lines: Fields, inverse?: string | null): Item[] {
  if (each.columns?.length) return each.columns.filter((column) => column.name in lines);
  return Object.values(lines)
    .filter(
      (field) => field.name !== inverse && !/2many|text|json|binary|image/.test(field.type) && field.stored !== false,
    )
    .filter((field) => !/^(id|version|created_|updated_)/.test(field.name))
    .slice(0, 5)
    .map((field) => ({ name: field.name }));
}

export function listSpec(set: ViewSet): Spec {
  const spec: Spec = {};
  set.list.columns.forEach((column) => addItem(spec, set, column));
  Object.values(set.list.decorate).forEach((condition) => addCondition(spec, set.fields, condition));
  return withTitles(spec, set);
}

export function formSpec(set: ViewSet): Spec {
  const spec: Spec = {};
  const { form } = set;
  [form.title, form.status].forEach((name) => name && addField(spec, set.fields, name));
  form.buttons.forEach((button) => addCondition(spec, set.fields, button.visible));
  const add = (section: Section): void => {
    addCondition(spec, set.fields, section.visible);
    section.fields.forEach((each) => addItem(spec, set, each));
  };
  [...form.sections, ...form.tabs].forEach(add);
  return withTitles(spec, set);
}

/** What the calendar shows of an event, on the grid and on its card, with what its buttons ask for. */
export function calendarSpec(set: ViewSet): Spec {
  const spec: Spec = {};
  const { calendar } = set;
  if (!calendar) return spec;
  const { title, start, end, resource, color } = calendar;
  [title, start, end, resource, color].forEach((name) => name && addField(spec, set.fields, name));
  cardItems(set).forEach((each) => addItem(spec, set, each));
  Object.values(calendar.decorate).forEach((condition) => addCondition(spec, set.fields, condition));
  set.form.buttons.forEach((button) => addCondition(spec, set.fields, button.visible));
  return spec;
}

export function boardSpec(set: ViewSet): Spec {
  const spec: Spec = {};
  const { board } = set;
  if (!board) return spec;
  const { card } = board;
  const names = [
    board.group,
    board.sum,
    board.progress?.field,
    card.title,
    card.subtitle,
    card.amount,
    card.avatar,
    card.activity,
    ...card.chips,
  ];
  names.forEach((name) => name && addField(spec, set.fields, name));
  addCondition(spec, set.fields, card.edge);
  return withTitles(spec, set);
}
