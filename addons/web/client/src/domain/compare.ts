/** Compare two values the way SQL does for the field's type: unset is unset, numbers as numbers, times as moments. */
import type { FieldInfo } from '../rpc/types';

const NUMBERS = new Set(['integer', 'float', 'decimal', 'money', 'duration']);
const DECIMAL = /^-?\d+(\.\d+)?$/;

/** True where a field holds nothing: null, the empty text, no relation, no lines, a secret that is not set. */
export function unset(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object' && 'set' in value) return !value.set;
  if (typeof value === 'object') return (value as { id?: unknown }).id === null;
  return false;
}

/** A relation by its id, a number as a number, a moment as milliseconds; everything else as it is. */
export function plain(value: unknown, field?: FieldInfo): unknown {
  if (value !== null && typeof value === 'object' && 'id' in value) return (value as { id: unknown }).id;
  if (typeof value !== 'string') return value;
  if (field && NUMBERS.has(field.type) && DECIMAL.test(value)) return Number(value);
  if (field?.type === 'datetime') return Date.parse(value);
  return value;
}

/** Both operands in one kind: a decimal on the wire is text, its operand may be a number. */
function aligned(left: unknown, right: unknown): [unknown, unknown] {
  if (typeof left === 'string' && typeof right === 'number' && DECIMAL.test(left)) return [Number(left), right];
  if (typeof left === 'number' && typeof right === 'string' && DECIMAL.test(right)) return [left, Number(right)];
  return [left, right];
}

export function equal(left: unknown, right: unknown): boolean {
  if (unset(left) || unset(right)) return unset(left) && unset(right);
  const [a, b] = aligned(left, right);
  return a === b;
}

/** Negative, zero or positive; null where one side is unset or the two cannot be ordered. */
export function order(left: unknown, right: unknown): number | null {
  if (unset(left) || unset(right)) return null;
  const [a, b] = aligned(left, right);
  if (typeof a === 'number' && typeof b === 'number') return Number.isNaN(a - b) ? null : a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b);
  return null;
}

export function contains(text: unknown, part: unknown, caseless: boolean): boolean {
  const whole = unset(text) ? '' : String(text);
  const wanted = unset(part) ? '' : String(part);
  return caseless ? whole.toLowerCase().includes(wanted.toLowerCase()) : whole.includes(wanted);
}
