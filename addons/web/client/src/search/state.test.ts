/** The search in the URL, and the domain it stands for. */
import { describe, expect, it } from 'vitest';
import type { ActionInfo, Fields } from '../rpc/types';
import type { SearchData } from '../views/data';
import { filterDomain, nextOrder, readSearch, searchDomain, searchParams } from './state';

const data: SearchData = {
  fields: ['name', 'account'],
  filters: [
    { id: 'open', label: 'Open', domain: [['stage.kind', '=', 'open']] },
    { id: 'won', label: 'Won', domain: [['stage.kind', '=', 'won']] },
    { id: 'mine', label: 'Mine', domain: [['owner', '=', { $: 'user' }]] },
  ],
  groups: [{ id: 'by_stage', label: 'Stage', by: 'stage' }],
};
const fields = {
  name: { name: 'name', type: 'char', label: 'Name' },
  account: { name: 'account', type: 'many2one', label: 'Account' },
} satisfies Fields;
const action: ActionInfo = {
  id: 'crm.deals',
  title: 'Pipeline',
  model: 'crm.opportunity',
  views: ['list'],
  filters: ['open'],
};

describe('search state', () => {
  it('begins with the filters of the action, until the URL names others or none', () => {
    expect(readSearch(new URLSearchParams(), action, data).filters).toEqual(['open']);
    expect(readSearch(new URLSearchParams('f=mine,nonsense'), action, data).filters).toEqual(['mine']);
    expect(readSearch(new URLSearchParams('f='), action, data).filters).toEqual([]);
  });

  it('tells a word for one field from a word for all', () => {
    const state = readSearch(new URLSearchParams('q=name:acme&q=10:30'), action, data);
    expect(state.words).toEqual([
      { field: 'name', text: 'acme' },
      { field: null, text: '10:30' },
    ]);
    expect(searchParams(state)['q']).toEqual(['name:acme', '10:30']);
  });

  it('widens by filters over the same field and narrows by others', () => {
    expect(filterDomain(data.filters)).toEqual([
      '&',
      ['|', ['&', ['stage.kind', '=', 'open']], ['&', ['stage.kind', '=', 'won']]],
      ['&', ['owner', '=', { $: 'user' }]],
    ]);
  });

  it('searches every search field for a word', () => {
    const state = { filters: [], groups: [], words: [{ field: null, text: 'acme' }], order: '' };
    expect(searchDomain(state, action, data, fields)).toEqual([
      '|',
      ['name', 'ilike', 'acme'],
      ['account', 'ilike', 'acme'],
    ]);
  });

  it('searches a choice by its label', () => {
    const choice = { name: 'name', type: 'selection', label: 'Belongs to', selection: [['crm.opportunity', 'Deal']] };
    const found = (text: string): unknown =>
      searchDomain({ filters: [], groups: [], words: [{ field: 'name', text }], order: '' }, action, data, {
        name: choice,
      } as unknown as Fields);
    expect(found('deal')).toEqual(['name', 'in', ['crm.opportunity']]);
    expect(found('opportunity')).toEqual(['name', 'in', []]);
  });

  it('turns the order around and then back', () => {
    expect([nextOrder('', 'name'), nextOrder('name', 'name'), nextOrder('name desc', 'name')]).toEqual([
      'name',
      'name desc',
      '',
    ]);
  });
});
