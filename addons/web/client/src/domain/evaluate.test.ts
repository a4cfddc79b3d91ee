/** The shared vectors: what the server's domains answer, the client's conditions answer too. */
import { describe, expect, it } from 'vitest';
import type { FieldInfo, FieldType, Fields, WireDomain } from '../rpc/types';
import { addPath, allOf, anyOf, pathsOf } from './combine';
import { matches, type Scope } from './evaluate';
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
