/** Entries keep their order, refuse a second of one key, and tell those who listen. */
import { expect, it, vi } from 'vitest';
import { Registry } from './registry';

it('gives entries by sequence, then key', () => {
  const views = new Registry().category<number>('views');
  views.add('b', 1);
  views.add('a', 2);
  views.add('z', 3, { sequence: 1 });
  expect(views.all().map((entry) => entry.key)).toEqual(['z', 'a', 'b']);
});

it('refuses a key twice unless forced', () => {
  const widgets = new Registry().category<number>('widgets');
  widgets.add('stars', 1);
  expect(() => widgets.add('stars', 2)).toThrow('already there');
  widgets.add('stars', 3, { force: true });
  expect(widgets.get('stars')).toBe(3);
});

it('tells listeners of each addition', () => {
  const registry = new Registry();
  const listener = vi.fn();
  const stop = registry.version.subscribe(listener);
  registry.category('commands').add('open', {});
  stop();
  registry.category('commands').add('close', {});
  expect(listener).toHaveBeenCalledTimes(1);
});
