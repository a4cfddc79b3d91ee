/** Paths carry the whole trail and come back as they were. */
import { expect, it } from 'vitest';
import { formatPlace, parsePath, parseUrl, recordPlace } from './location';

const params = new URLSearchParams();

it('reads actions, records and records opened from records', () => {
  expect(parsePath('/app')).toEqual([]);
  expect(parsePath('/app/crm.opportunities')).toEqual([{ name: 'crm.opportunities' }]);
  expect(parsePath('/app/crm.opportunities/12/crm.contact/new')).toEqual([
    { name: 'crm.opportunities', id: 12 },
    { name: 'crm.contact', id: 'new' },
  ]);
});

it('writes what it reads, with the search state', () => {
  const url = '/app/crm.opportunities/12/crm.contact/5?view=board&f=mine,open';
  expect(formatPlace(parseUrl(url))).toBe(url);
});

it('opens a record inside its own list as one step, and elsewhere as a further one', () => {
  const list = { crumbs: [{ name: 'crm.contacts' }], params };
  expect(recordPlace('crm.contacts', 3, list).crumbs).toEqual([{ name: 'crm.contacts', id: 3 }]);
  const form = { crumbs: [{ name: 'crm.contacts', id: 3 }], params };
  expect(recordPlace('crm.account', 9, form).crumbs).toEqual([
    { name: 'crm.contacts', id: 3 },
    { name: 'crm.account', id: 9 },
  ]);
});

it('keeps the trail short', () => {
  const crumbs = Array.from({ length: 9 }, (_, id) => ({ name: 'crm.account', id }));
  expect(parseUrl(formatPlace({ crumbs, params })).crumbs).toHaveLength(5);
});
