/** Does a record satisfy a domain? The same answer as the server gives, over values in wire form. */
import type { FieldInfo, Fields, Id, WireDomain } from '../rpc/types';
import { contains, equal, order, plain, unset } from './compare';
import { dayOf, datePart, shifted } from './dates';
import { isSpanning, spans } from './ranges';

/** What `{"$": ...}` stands for, and the fields whose types decide how values compare. */
export interface Scope {
  user: Id | null;
  companies: readonly Id[];
  company?: Id | null;
  today: string;
  now: string;
  fields?: Fields;
}
type Values = Readonly<Record<string, unknown>>;
type Node = readonly unknown[];

const isNode = (value: unknown): value is Node => Array.isArray(value);

/** Replace `{"$": "user"}` and its like by the value it stands for; `"add"` moves a day or a moment. */
export function resolve(value: unknown, scope: Scope): unknown {
  if (isNode(value)) return value.map((each) => resolve(each, scope));
  if (value === null || typeof value !== 'object' || !('$' in value)) return value;
  const name = String((value as { $: unknown }).$);
  const found = variable(name, scope);
  return 'add' in value ? shifted(name, found, value.add) : found;
}

function variable(name: string, scope: Scope): unknown {
  if (name === 'user') return scope.user;
  if (name === 'companies') return scope.companies;
  if (name === 'company') return scope.company ?? scope.companies[0] ?? null;
  if (name === 'today') return scope.today;
  if (name === 'now') return scope.now;
  throw new Error(`A condition uses the unknown variable "${name}".`);
}

/** True when the record satisfies the domain; an empty domain is always true. */
export function matches(domain: WireDomain | undefined | null, record: Values, scope: Scope): boolean {
  return !domain || evaluate(domain, record, scope);
}

function evaluate(node: Node, record: Values, scope: Scope): boolean {
  const [head, ...rest] = node;
  if (head === undefined) return true;
  if (isNode(head)) return node.every((each) => evaluate(each as Node, record, scope));
  if (head === '&') return rest.every((each) => evaluate(each as Node, record, scope));
  if (head === '|') return rest.some((each) => evaluate(each as Node, record, scope));
  if (head === '!') return !evaluate(rest[0] as Node, record, scope);
  return term(String(head), String(node[1]), node[2], record, scope);
}

function term(path: string, operator: string, operand: unknown, record: Values, scope: Scope): boolean {
  const dot = path.indexOf('.');
  if (dot > 0) return related(path.slice(0, dot), path.slice(dot + 1), operator, operand, record, scope);
  const [name = path, part] = path.split(':');
  const field = scope.fields?.[name];
  if (operator === 'any' || operator === 'not any') {
    const some = rows(record[name]).some((row) => evaluate(operand as Node, row, { ...scope, fields: undefined }));
    return operator === 'any' ? some : !some;
  }
  const wanted = resolve(operand, scope);
  const value = part ? datePart(record[name], part) : record[name];
  if (isSpanning(field)) return spans(operator, value, wanted, field);
  if (Array.isArray(value)) return many(value, operator, wanted);
  return test(operator, plain(value, part ? undefined : field), wanted, part ? undefined : field);
}

/** A dotted path asks the related record; with nothing there, only "is unset" and "is not" can hold. */
function related(
  name: string,
  path: string,
  operator: string,
  operand: unknown,
  record: Values,
  scope: Scope,
): boolean {
  return rows(record[name]).some((row) => term(path, operator, operand, row, { ...scope, fields: undefined }));
}

function rows(value: unknown): Values[] {
  if (unset(value)) return [];
  return (Array.isArray(value) ? value : [value]).filter(
    (row): row is Values => row !== null && typeof row === 'object',
  );
}

/** Over lines and tags a comparison holds when it holds for one of them; its negation when for none. */
function many(value: readonly unknown[], operator: string, wanted: unknown): boolean {
  if (operator === '!=') return !many(value, '=', wanted);
  if (operator.startsWith('not ')) return !many(value, operator.slice(4), wanted);
  if (operator === '=' && unset(wanted)) return value.length === 0;
  if (operator === 'in' && isNode(wanted) && wanted.some(unset) && value.length === 0) return true;
  return value.some((each) => test(operator, plain(each), wanted));
}

function test(operator: string, value: unknown, wanted: unknown, field?: FieldInfo): boolean {
  if (operator.startsWith('not ')) return !test(operator.slice(4), value, wanted, field);
  const operand = isNode(wanted) ? wanted.map((each) => aside(each, field)) : aside(wanted, field);
  switch (operator) {
    case '=':
      return equal(value, operand);
    case '!=':
      return !equal(value, operand);
    case 'in':
      return (isNode(operand) ? operand : [operand]).some((each) => equal(value, each));
    case 'child_of':
    case 'parent_of':
      return (isNode(operand) ? operand : [operand]).some((each) => equal(value, each));
    case 'like':
      return contains(text(value), operand, false);
    case 'ilike':
      return contains(text(value), operand, true);
    case 'starts_with':
      return String(value ?? '').startsWith(String(operand ?? ''));
    case 'similar':
    case 'matches':
      throw new Error(`A condition cannot use "${operator}": only the database can decide it.`);
    default:
      return ordered(operator, order(value, operand));
  }
}

/** An operand in the field's own kind; a moment compared with a date field counts by its day. */
function aside(operand: unknown, field?: FieldInfo): unknown {
  if (field?.type === 'date' && typeof operand === 'string') return dayOf(operand);
  return plain(operand, field);
}

const text = (value: unknown): unknown => (value === null || value === undefined ? '' : value);

function ordered(operator: string, sign: number | null): boolean {
  if (!['<', '<=', '>', '>='].includes(operator))
    throw new Error(`A condition uses the unknown operator "${operator}".`);
  if (sign === null) return false;
  if (operator === '<') return sign < 0;
  if (operator === '<=') return sign <= 0;
  return operator === '>' ? sign > 0 : sign >= 0;
}
