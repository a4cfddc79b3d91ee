/** The shared vectors: what the server's domains answer, the client's conditions answer too. */
import { describe, expect, it } from 'vitest';
import type { FieldInfo, FieldType, Fields, WireDomain } from '../rpc/types';
import { addPath, allOf, anyOf, pathsOf } from './combine';
import { matches, resolve, type Scope } from './evaluate';
import vectors from './vectors.json';

const fields: Fields = Object.fromEntries(
  Object.entries(vectors.fields).map(([name, type]): [string, FieldInfo] => [
    name,
    { name, type: type as FieldType, label: name },
  ]),
);
const scope: Scope = { ...vectors.scope, fields };

describe('shared vectors', () => {
  it.each(vectors.cases.map((each) => [JSON.stringify(each.domain), each] as const))('%s', (_text, each) => {
    const domain = each.domain as WireDomain;
    expect(matches(domain, vectors.full, scope)).toBe(each.full);
    expect(matches(domain, vectors.empty, scope)).toBe(each.empty);
  });

  it('refuses an unknown operator or variable', () => {
    expect(() => matches(['amount', '~', 1], vectors.full, scope)).toThrow('unknown operator');
    expect(() => matches(['owner', '=', { $: 'boss' }], vectors.full, scope)).toThrow('unknown variable');
  });
});

describe('what no shared vector can say', () => {
  it('takes a tree by the record itself, upwards as downwards', () => {
    expect(matches(['stage', 'parent_of', 3], vectors.full, scope)).toBe(true);
    expect(matches(['stage', 'parent_of', [4, 5]], vectors.full, scope)).toBe(false);
    expect(matches(['stage', 'not parent_of', 3], vectors.full, scope)).toBe(false);
  });
  it('refuses what only the database can decide, for empty values too', () => {
    for (const operator of ['similar', 'matches', 'not matches'])
      expect(() => matches(['name', operator, 'acme'], vectors.empty, scope)).toThrow('only the database');
  });
  it('refuses operators that ranges do not have', () => {
    expect(() => matches(['period', 'ilike', 'x'], vectors.full, scope)).toThrow('ranges do not have');
  });
  it('moves a day to the end of a month that is too short, and moments by hours', () => {
    const at = (today: string, add: object) => resolve({ $: 'today', add }, { ...scope, today });
    expect(at('2026-01-31', { months: 1 })).toBe('2026-02-28');
    expect(at('2024-02-29', { years: -1 })).toBe('2023-02-28');
    expect(at('2026-01-31', { months: 1, days: 1 })).toBe('2026-03-01');
    expect(resolve({ $: 'now', add: { hours: -10 } }, scope)).toBe('2026-03-14T23:00:00.000Z');
    expect(() => at('2026-01-31', { hours: 1 })).toThrow('cannot add');
    expect(() => at('2026-01-31', { days: 0.5 })).toThrow('cannot add');
    expect(() => resolve({ $: 'user', add: { days: 1 } }, scope)).toThrow('no day');
  });
});

describe('combining', () => {
  it('joins with "and", leaving out what is empty', () => {
    expect(allOf([], null, ['a', '=', 1])).toEqual(['a', '=', 1]);
    expect(
      allOf(
        [
          ['a', '=', 1],
          ['b', '=', 2],
        ],
        ['c', '=', 3],
      ),
    ).toEqual(['&', ['&', ['a', '=', 1], ['b', '=', 2]], ['c', '=', 3]]);
  });
  it('is always true when one alternative is', () => {
    expect(anyOf(['a', '=', 1], [])).toEqual([]);
    expect(anyOf(['a', '=', 1], ['b', '=', 2])).toEqual(['|', ['a', '=', 1], ['b', '=', 2]]);
  });
  it('finds the paths a condition reads and puts them into a spec', () => {
    const paths = pathsOf(['|', ['stage.kind', '=', 'open'], ['lines', 'any', ['qty:month', '>', 1]]]);
    expect(paths).toEqual(['stage.kind', 'lines.qty']);
    const spec = { stage: {} };
    paths.forEach((path) => addPath(spec, path));
    expect(spec).toEqual({ stage: { fields: { kind: {} } }, lines: { fields: { qty: {} } } });
  });
});
