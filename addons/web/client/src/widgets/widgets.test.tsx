/** The widgets of files, secrets, references, ranges, durations and documents: what each shows in each state. */
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import { BootContext } from '../rpc/boot';
import type { Boot, FieldInfo, FieldType } from '../rpc/types';
import { keepsNoCopy, same, toWire } from '../views/form/values';
import { durationText, parseDuration } from './duration';
import { FieldEdit } from './edit/FieldEdit';
import FileEdit from './edit/FileEdit';
import RangeEdit from './edit/RangeEdit';
import ReferenceEdit, { offered } from './edit/ReferenceEdit';
import { SecretEdit } from './edit/SecretEdit';
import { downloadUrl, refusal, sizeText, smallUrl } from './files';
import { rangeOf, shownEnds, wrongEnds } from './ranges';
import type { EditProps } from './types';
import { Value } from './Value';

const boot = {
  user: { id: 1, name: 'Ada', login: 'ada', language: 'en-GB', tz: 'UTC' },
  company: { id: 1, name: 'Acme', currency: { code: 'EUR', symbol: '€', decimals: 2 } },
  apps: [
    {
      id: 'crm',
      title: 'CRM',
      menus: [{ id: 'crm.more', title: 'More', menus: [{ id: 'c', title: 'C', action: 'a' }] }],
    },
    { id: 'crm.day', title: 'Day', action: 'day' },
    { id: 'base', title: 'Settings', menus: [{ id: 'base.users', title: 'Users', action: 'users' }] },
  ],
  actions: {
    a: { id: 'a', title: 'Contacts', model: 'crm.contact', views: ['list', 'form'] },
    day: { id: 'day', title: 'Day', model: 'crm.day', views: ['calendar'] },
    users: { id: 'users', title: 'Users', model: 'base.user', views: ['list', 'form'] },
    loose: { id: 'loose', title: 'No menu', model: 'crm.loose', views: ['list'] },
  },
} as unknown as Boot;

function shown(node: ReactNode): string {
  const queries = new QueryClient();
  queries.setQueryData(['described', 'crm.contact'], {
    model: 'crm.contact',
    label: 'Contact',
    access: { read: true },
  });
  queries.setQueryData(['described', 'crm.account'], {
    model: 'crm.account',
    label: 'Account',
    access: { read: true },
  });
  return renderToStaticMarkup(
    <MantineProvider>
      <QueryClientProvider client={queries}>
        <BootContext.Provider value={boot}>{node}</BootContext.Provider>
      </QueryClientProvider>
    </MantineProvider>,
  );
}

function field(type: FieldType, more: Partial<FieldInfo> = {}): FieldInfo {
  return { name: 'it', type, label: 'Thing', ...more };
}

const props = (about: FieldInfo, value: unknown, more: Partial<EditProps> = {}): EditProps => ({
  field: about,
  value,
  item: { name: 'it' },
  id: 'field-it',
  model: 'a.b',
  label: about.label,
  record: {},
  readonly: false,
  onChange: vi.fn(),
  onInput: vi.fn(),
  ...more,
});

const FILE = {
  name: 'offer.pdf',
  type: 'application/pdf',
  size: 1_400_000,
  sha256: 'abcdef0123',
  url: '/file/a.b/5/it',
};

describe('files', () => {
  it('offers to choose one where there is none, and says what fits', () => {
    const html = shown(<FileEdit {...props(field('binary', { max_size: 5_000_000 }), null)} />);
    expect(html).toContain('Choose a file');
    expect(html).toContain('at most 5 MB');
    expect(html).not.toContain('Remove');
  });
  it('shows name and size, with download, replace and remove', () => {
    const html = shown(<FileEdit {...props(field('binary'), FILE)} />);
    for (const part of ['offer.pdf', '1.4 MB', 'href="/file/a.b/5/it?download"', 'Replace Thing', 'Remove Thing'])
      expect(html).toContain(part);
  });
  it('does not offer to remove what is needed', () => {
    expect(shown(<FileEdit {...props(field('binary', { required: true }), FILE)} />)).not.toContain('Remove');
  });
  it('has no link before the record is saved', () => {
    const html = shown(<FileEdit {...props(field('binary'), { upload: 't', name: 'new.txt', size: 3 })} />);
    expect(html).toContain('new.txt');
    expect(html).not.toContain('href');
  });
  it('shows a picture small, in a form that changes with its content', () => {
    const image = { ...FILE, name: 'a.png', width: 10, height: 10 };
    expect(shown(<FileEdit {...props(field('image'), image)} />)).toContain('?w=192&amp;h=192&amp;v=abcdef01');
    expect(shown(<Value field={field('image')} value={image} record={{}} quiet />)).toContain('?w=48&amp;h=48');
    expect(smallUrl({ name: 'a', url: '/f' }, 10)).toBe('/f?w=10&h=10');
    expect(downloadUrl(FILE)).toBe('/file/a.b/5/it?download');
  });
  it('is a link to read, and only a name inside a line that is itself clicked', () => {
    expect(shown(<FieldEdit {...props(field('binary'), FILE, { readonly: true })} />)).toContain('?download');
    expect(shown(<Value field={field('binary')} value={FILE} record={{}} quiet />)).not.toContain('href');
  });
  it('refuses what is too large or no picture before it is sent', () => {
    expect(refusal({ size: 2_000_000, type: '' }, 1_000_000, false, 'en')).toContain('at most 1 MB fit');
    expect(refusal({ size: 2, type: 'image/svg+xml' }, 10, true, 'en')).toContain('PNG');
    expect(refusal({ size: 2, type: 'image/png' }, 10, true, 'en')).toBe('');
    expect(refusal({ size: 2, type: 'text/plain' }, undefined, false, 'en')).toBe('');
  });
  it('tells sizes as people do', () => {
    expect([0, 999, 1000, 1_450_000, 25_000_000].map((size) => sizeText(size, 'en'))).toEqual([
      '0 bytes',
      '999 bytes',
      '1 kB',
      '1.5 MB',
      '25 MB',
    ]);
  });
  it('is sent as its upload', () => {
    const uploaded = { upload: 'token', name: 'a', type: '', size: 1 };
    expect(toWire(field('binary'), uploaded)).toEqual(uploaded);
    expect(same(field('binary'), uploaded, FILE)).toBe(false);
    expect(keepsNoCopy(field('image'))).toBe(true);
    expect(keepsNoCopy(field('char'))).toBe(false);
  });
});

describe('secrets', () => {
  const secret = field('char', { secret: true });
  it('shows only whether it is set', () => {
    expect(shown(<SecretEdit {...props(secret, { set: true })} />)).toContain('Replace Thing');
    expect(shown(<SecretEdit {...props(secret, { set: true })} />)).toContain('Clear Thing');
    expect(shown(<SecretEdit {...props(secret, { set: false })} />)).toContain('Not set');
    expect(shown(<SecretEdit {...props(secret, { set: false })} />)).not.toContain('Clear');
  });
  it('does not show what was typed while it is saved', () => {
    const html = shown(<SecretEdit {...props(secret, 'hunter2')} />);
    expect(html).not.toContain('hunter2');
    expect(html).toContain('Set');
    expect(shown(<Value field={secret} value="hunter2" record={{}} />)).not.toContain('hunter2');
  });
  it('says "Not set" to readers, too', () => {
    expect(shown(<FieldEdit {...props(secret, { set: false }, { readonly: true })} />)).toContain('Not set');
    const text = field('text', { secret: true });
    expect(shown(<FieldEdit {...props(text, { set: true }, { readonly: true })} />)).not.toContain('object');
  });
  it('takes the same value again, as nobody can know it, and undoes nothing', () => {
    expect(same(secret, 'new', { set: true })).toBe(false);
    expect(keepsNoCopy(secret)).toBe(true);
  });
});

describe('references', () => {
  const about = field('reference', { models: ['crm.contact', 'crm.account'] });
  it('asks which kind of record, then which', () => {
    const html = shown(<ReferenceEdit {...props(about, null)} />);
    expect(html).toContain('Thing, kind of record');
    expect(html).toContain('>Contact<');
    expect(html).toContain('>Account<');
  });
  it('shows the record that it leads to, of its model', () => {
    const html = shown(<ReferenceEdit {...props(about, { model: 'crm.account', id: 4, title: 'Acme' })} />);
    expect(html).toContain('value="Acme"');
    expect(html).toMatch(/value="crm.account" selected/);
  });
  it('says that a record is hidden', () => {
    const hidden = { id: null, hidden: true };
    expect(shown(<ReferenceEdit {...props(about, hidden)} />)).toContain('Not visible to you');
    expect(shown(<Value field={about} value={hidden} record={{}} />)).toContain('Not visible to you');
  });
  it('offers what has a list in a menu, and no settings, where it may be any model', () => {
    expect(offered(boot, null)).toEqual(['crm.contact']);
    expect(offered(boot, ['base.user'])).toEqual(['base.user']);
  });
  it('is the same whatever the title', () => {
    const one = { model: 'a.b', id: 1, title: 'Old' };
    expect(same(about, one, { id: 1, model: 'a.b', title: 'New' })).toBe(true);
    expect(same(about, one, { ...one, model: 'a.c' })).toBe(false);
    expect(same(about, null, one)).toBe(false);
  });
});

describe('ranges', () => {
  it('shows the last day, and keeps the day after it', () => {
    expect(shownEnds(['2026-03-10', '2026-03-20'], 'daterange')).toEqual(['2026-03-10', '2026-03-19']);
    expect(rangeOf(['2026-03-10', '2026-03-19'], 'daterange')).toEqual(['2026-03-10', '2026-03-20']);
    expect(rangeOf([null, null], 'daterange')).toBeNull();
    const moments = ['2026-03-10T08:00:00Z', '2026-03-10T09:00:00Z'] as [string, string];
    expect(shownEnds(moments, 'datetimerange')).toEqual(moments);
  });
  it('knows an end before the beginning', () => {
    expect(wrongEnds(['2026-03-10', '2026-03-09'], 'daterange')).toContain('before');
    expect(wrongEnds(['2026-03-10', '2026-03-10'], 'daterange')).toBe('');
    expect(wrongEnds(['2026-03-10T08:00:00Z', '2026-03-10T08:00:00Z'], 'datetimerange')).toContain('before');
    expect(wrongEnds(['2026-03-10', null], 'daterange')).toBe('');
  });
  it('has two inputs, and reads as from, until or both', () => {
    const html = shown(<RangeEdit {...props(field('daterange'), ['2026-03-10', null])} />);
    expect(html).toContain('Thing, from');
    expect(html).toContain('Thing, to');
    const text = (value: unknown): string =>
      shown(<Value field={field('daterange')} value={value} record={{}} />)
        .replace(/<style.*?<\/style>/gs, '')
        .replace(/<[^>]*>/g, '')
        .trim();
    expect(text(['2026-03-10', null])).toBe('from 10 Mar 2026');
    expect(text([null, '2026-03-11'])).toBe('until 10 Mar 2026');
    expect(text(['2026-03-10', '2026-03-11'])).toBe('10 Mar 2026');
  });
});

describe('durations', () => {
  it.each([
    ['1 h 30 min', 5400],
    ['1h30', 5400],
    ['1:30', 5400],
    ['90', 5400],
    ['1.5h', 5400],
    ['2d 4 hours', 187_200],
    ['45 s', 45],
  ])('understands %s', (text, seconds) => expect(parseDuration(text)).toBe(seconds));
  it.each(['', 'soon', '1:75', '5 x', '-3'])('refuses "%s"', (text) => expect(parseDuration(text)).toBeNull());
  it('writes them so that nothing is lost when they are read again', () => {
    for (const seconds of [0, 45, 3600, 5400, 93_784]) expect(parseDuration(durationText(seconds))).toBe(seconds);
    expect(durationText(null)).toBe('');
  });
});

describe('documents', () => {
  it('are printed to be read, and cannot be typed into', () => {
    const html = shown(<FieldEdit {...props(field('json'), { a: [1] })} />);
    expect(html).toContain('<pre');
    expect(html).toContain('&quot;a&quot;: [');
    expect(html).not.toContain('<input');
  });
});
