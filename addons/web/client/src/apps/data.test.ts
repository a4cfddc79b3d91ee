/** Apps in their groups, progress in percent, and what stays because the client stands on it. */
import { expect, it } from 'vitest';
import {
  itemLines,
  titled,
  faultText,
  foundations,
  grouped,
  isOver,
  listed,
  needing,
  percent,
  stepText,
  type AppInfo,
  type Operation,
} from './data';

const app = (name: string, state: AppInfo['state'], depends: string[] = []): AppInfo => ({
  name,
  title: name.toUpperCase(),
  summary: `All about ${name}`,
  version: '1',
  icon: '',
  category: 'Sales',
  state,
  depends,
  bridges: [],
  faults: [],
});
const APPS = [
  app('web', 'installed', ['base >=0.1,<2']),
  app('base', 'installed'),
  app('crm', 'installed', ['base', 'web']),
  app('booking', 'available'),
  app('bridge', 'suggested'),
  app('fleet', 'broken'),
];
const run = (state: string, progress: number): Operation => ({
  id: 1,
  kind: 'install',
  addons: [],
  state,
  progress,
  text: '',
  error: '',
});

it('puts suggestions first and broken apps last', () => {
  expect(grouped(APPS, '').map((group) => [group.title, group.apps.map((each) => each.name)])).toEqual([
    ['Suggested', ['bridge']],
    ['Installed', ['base', 'crm', 'web']],
    ['Available', ['booking', 'fleet']],
  ]);
});
it('finds apps by all words', () => {
  expect(grouped(APPS, 'sales about crm').flatMap((group) => group.apps.map((each) => each.name))).toEqual(['crm']);
});
it('knows how far an operation is', () => {
  expect([run('running', 40), run('running', 0.4), run('done', 0), run('failed', 60)].map(percent)).toEqual([
    40, 40, 100, 60,
  ]);
  expect([run('queued', 0), run('running', 1), run('done', 1), run('failed', 1)].map(isOver)).toEqual([
    false,
    false,
    true,
    true,
  ]);
});
it('lists titles and faults as a person does', () => {
  expect(listed(['crm', 'booking', 'nobody'], APPS)).toBe('CRM, BOOKING and nobody');
  expect([faultText('broken'), faultText({ path: 'a.toml', line: 7, text: 'no' })]).toEqual(['broken', 'a.toml:7 no']);
});
it('says steps with the titles of apps', () => {
  expect([
    stepText({ step: 'restore', addon: 'crm', text: 'restore crm 1' }, APPS),
    stepText({ step: 'drop', addon: 'x', text: 'drop what was kept of x' }, APPS),
  ]).toEqual(['Bring CRM back with what was kept of it', 'Drop what was kept of x']);
});
it('says whose an item of a plan is where there are several apps', () => {
  const items = [
    { addon: 'crm', text: 'deal', rows: 1240 },
    { addon: 'nobody', text: 'its rights', rows: null },
  ];
  expect(itemLines(items, APPS, true)).toEqual([
    { text: 'Deal', count: (1240).toLocaleString() },
    { text: 'Its rights', count: '' },
  ]);
  expect(itemLines(items, APPS, false).map((line) => line.text)).toEqual(['CRM: deal', 'nobody: its rights']);
  expect(titled(['crm: Deal', 'nobody: x'], APPS, false)).toEqual(['CRM: Deal', 'Nobody: x']);
});
it('keeps what the client stands on', () => {
  expect([...foundations(APPS)]).toEqual(['web', 'base']);
});
it('finds what needs an app, bridges and what rests on them included', () => {
  const bridge = { ...app('bridge', 'installed'), bridges: ['crm', 'booking'] };
  const apps = [...APPS.filter((each) => each.name !== 'bridge'), bridge, app('report', 'installed', ['bridge'])];
  expect(needing('crm', apps)).toEqual(['bridge', 'report']);
  expect(needing('report', apps)).toEqual([]);
});
