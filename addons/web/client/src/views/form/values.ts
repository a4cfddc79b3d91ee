/** From what a form holds to what the server takes: ids for relations, commands for lines. */
import { equal, plain, unset } from '../../domain/compare';
import type { FieldInfo, Fields, Rec, Ref, Values } from '../../rpc/types';

export type Command = readonly [string, ...unknown[]];
/** A line that is not saved yet has a negative id. */
export type Line = Rec;

const AUDIT = new Set(['id', 'created_at', 'created_by', 'updated_at', 'updated_by', 'version']);

export const isRef = (value: unknown): value is Ref => value !== null && typeof value === 'object' && 'id' in value;
export const idOf = (value: unknown): unknown => (isRef(value) ? value.id : (value ?? null));

/** The ids of a list of records or of plain ids. */
const idsOf = (value: unknown): unknown[] => (Array.isArray(value) ? value.map(idOf) : []);

/** A value as `create`, `write` and `onchange` take it. */
export function toWire(field: FieldInfo, value: unknown, lines?: Fields): unknown {
  if (field.type === 'many2one') return idOf(value);
  if (field.type === 'many2many') return [['set', idsOf(value)]];
  if (field.type === 'one2many') return lineCommands(Array.isArray(value) ? (value as Line[]) : [], lines ?? {});
  return value === undefined ? null : value;
}

/** New lines as commands; lines that are stored stay as they are. */
function lineCommands(lines: readonly Line[], fields: Fields): Command[] {
  return lines.filter((line) => !(line.id > 0)).map((line) => ['create', settable(line, fields)]);
}

/** What a client may set, in wire form. */
export function settable(values: Values, fields: Fields, models: Record<string, { fields: Fields }> = {}): Values {
  const sent: Values = {};
  for (const [name, value] of Object.entries(values)) {
    const field = fields[name];
    if (!field || field.readonly || AUDIT.has(name) || value === undefined) continue;
    sent[name] = toWire(field, value, models[field.comodel ?? '']?.fields);
  }
  return sent;
}

/** Where a reference leads to, whatever else is known of the record. */
const reference = (value: unknown): string => (isRef(value) ? `${String(value['model'])},${value.id}` : '');

/** Values that cannot be sent a second time: the server tells what a file is, and of a secret only that it is set. */
export const keepsNoCopy = (field: FieldInfo): boolean =>
  Boolean(field.secret) || field.type === 'binary' || field.type === 'image';

/** Whether two values of a field are the same to the server. */
export function same(field: FieldInfo, left: unknown, right: unknown): boolean {
  if (field.type === 'many2many' || field.type === 'one2many') {
    const [a, b] = [idsOf(left), idsOf(right)];
    return a.length === b.length && a.every((id) => b.includes(id));
  }
  if (field.type === 'many2one') return idOf(left) === idOf(right);
  if (field.type === 'reference') return reference(left) === reference(right);
  if (field.type === 'datetime' && left && right) return Date.parse(String(left)) === Date.parse(String(right));
  const whole = (value: unknown): boolean => value !== null && typeof value === 'object';
  if (whole(left) || whole(right)) return JSON.stringify(left ?? null) === JSON.stringify(right ?? null);
  return equal(plain(left, field), plain(right, field));
}

/** The labels of required fields that are empty. */
export function lacking(names: readonly string[], values: Values, fields: Fields): string[] {
  return names.filter((name) => fields[name] && fields[name].type !== 'boolean' && unset(values[name]));
}
