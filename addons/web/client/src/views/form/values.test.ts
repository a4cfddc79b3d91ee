/** What goes over the wire. */
import { describe, expect, it } from 'vitest';
import type { FieldInfo, Fields } from '../../rpc/types';
import { lacking, same, settable, toWire } from './values';

const field = (type: FieldInfo['type'], more: Partial<FieldInfo> = {}): FieldInfo => ({
  name: 'x',
  label: 'X',
  type,
  ...more,
});

describe('wire values', () => {
  it('sends a relation as its id and tags as a set', () => {
    expect(toWire(field('many2one'), { id: 4, title: 'Acme' })).toBe(4);
    expect(toWire(field('many2one'), null)).toBeNull();
    expect(toWire(field('many2many'), [{ id: 1 }, { id: 2 }])).toEqual([['set', [1, 2]]]);
  });

  it('sends new lines only, without what a client may not set', () => {
    const lines: Fields = {
      qty: field('integer', { name: 'qty' }),
      total: field('money', { name: 'total', readonly: true }),
      product: field('many2one', { name: 'product' }),
    };
    const value = [
      { id: -1, qty: 2, total: '4', product: { id: 9, title: 'Desk' } },
      { id: 7, qty: 1 },
    ];
    expect(toWire(field('one2many'), value, lines)).toEqual([['create', { qty: 2, product: 9 }]]);
  });

  it('leaves out audit and readonly fields', () => {
    const fields: Fields = {
      name: field('char', { name: 'name' }),
      points: field('integer', { name: 'points', readonly: true }),
      version: field('integer'),
    };
    expect(settable({ name: 'A', points: 3, version: 1, unknown: 2 }, fields)).toEqual({ name: 'A' });
  });

  it('knows equal values in different spelling', () => {
    expect(same(field('decimal'), '12.50', 12.5)).toBe(true);
    expect(same(field('char'), '12.50', '12.5')).toBe(false);
    expect(same(field('char'), '', null)).toBe(true);
    expect(same(field('integer'), 0, null)).toBe(false);
    expect(same(field('boolean'), false, true)).toBe(false);
    expect(same(field('many2many'), [{ id: 2 }, { id: 1 }], [{ id: 1 }, { id: 2 }])).toBe(true);
    expect(same(field('datetime'), '2026-03-14T10:00:00Z', '2026-03-14T11:00:00+01:00')).toBe(true);
  });

  it('finds the required fields that are empty', () => {
    const fields: Fields = { name: field('char'), done: field('boolean'), account: field('many2one') };
    expect(lacking(['name', 'done', 'account'], { name: '', done: false, account: { id: 1 } }, fields)).toEqual([
      'name',
    ]);
  });
});
