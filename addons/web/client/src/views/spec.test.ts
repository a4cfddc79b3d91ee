/** What is asked for: shown fields, their currency, and what conditions read. */
import { describe, expect, it } from 'vitest';
import { sent, titled } from '../rpc/titles';
import { normaliseViews } from './data';
import { boardSpec, formSpec, listSpec, untitled } from './spec';

const field = (type: string, more: object = {}): object => ({ type, label: type, ...more });
const set = normaliseViews('crm.opportunity', {
  title: 'name',
  fields: {
    name: field('char'),
    amount: field('money', { currency_field: 'currency' }),
    currency: field('many2one', { comodel: 'base.currency' }),
    stage: field('many2one', { comodel: 'crm.stage' }),
    lines: field('one2many', { comodel: 'crm.line', inverse: 'deal' }),
    tags: field('many2many', { comodel: 'crm.tag' }),
  },
  models: {
    'crm.line': {
      title: 'product',
      fields: { product: field('char'), price: field('money'), deal: field('many2one') },
    },
  },
  views: {
    list: {
      columns: ['name', { name: 'amount', sum: true }, 'gone'],
      decorate: { muted: [['stage.kind', '=', 'lost']] },
    },
    form: {
      title: 'name',
      status: 'stage',
      buttons: [{ method: 'mark_won', label: 'Won', visible: [['stage.kind', '=', 'open']] }],
      section: [{ id: 'main', fields: ['amount', { name: 'tags', visible: [['amount', '>', 0]] }] }],
      tab: [{ id: 'lines', title: 'Lines', fields: [{ name: 'lines', columns: ['product', { name: 'price' }] }] }],
    },
    board: { group: 'stage', card: { title: 'name', chips: ['tags'] }, sum: 'amount' },
  },
});
const known = { ...set, models: { ...set.models, 'crm.stage': { fields: {}, title: 'name' } } };

describe('specs', () => {
  it('asks for what a list shows and what its conditions read, with the title of what they look into', () => {
    expect(untitled(set)).toEqual(['crm.stage']);
    expect(listSpec(known)).toEqual({
      name: {},
      amount: {},
      currency: {},
      stage: { fields: { kind: {}, name: {} }, title: 'name' },
    });
  });

  it('asks for lines with their columns only', () => {
    expect(formSpec(known)['lines']).toEqual({ fields: { product: {}, price: {} }, limit: 200 });
    expect(Object.keys(boardSpec(known))).toEqual(['stage', 'amount', 'currency', 'name', 'tags']);
  });

  it('sends no more than the server takes, and puts titles where they belong', () => {
    const spec = listSpec(known);
    expect(sent(spec)['stage']).toEqual({ fields: { kind: {}, name: {} } });
    expect(
      titled(
        [
          { id: 1, stage: { id: 3, name: 'Won', kind: 'won' } },
          { id: 2, stage: null },
        ],
        spec,
      ),
    ).toEqual([
      { id: 1, stage: { id: 3, name: 'Won', kind: 'won', title: 'Won' } },
      { id: 2, stage: null },
    ]);
  });
});

describe('view data', () => {
  it('leaves out columns that the reader may not know of', () => {
    expect(set.list.columns.map((column) => column.name)).toEqual(['name', 'amount']);
  });

  it('makes a form and a list where the server sends none', () => {
    const bare = normaliseViews('toy.thing', {
      fields: { name: field('char'), size: field('integer'), version: field('integer') },
    });
    expect(bare.form.sections[0]?.fields.map((item) => item.name)).toEqual(['size']);
    expect(bare.list.columns.map((column) => column.name)).toEqual(['name', 'size']);
    expect(bare.board).toBeNull();
    expect(bare.search.fields).toEqual(['name']);
  });
});
