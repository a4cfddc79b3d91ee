/** Keys in the notation of shortcuts, and choices in the order in which a person means them. */
import { expect, it } from 'vitest';
import { ranked, type Choice } from './paletteSources';
import { keyNames, keysOf } from './shortcuts';

const key = (value: string, more: Partial<KeyboardEvent> = {}): KeyboardEvent =>
  ({ key: value, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more }) as KeyboardEvent;

it('names the keys of an event', () => {
  expect(keysOf(key('k', { metaKey: true }))).toBe('mod+k');
  expect(keysOf(key('?', { shiftKey: true }))).toBe('?');
  expect(keysOf(key(' '))).toBe('space');
  expect(keysOf(key('ArrowUp', { altKey: true, shiftKey: true }))).toBe('alt+shift+arrowup');
});

it('shows keys as they stand on the keyboard', () => {
  expect(keyNames('shift+arrowdown')).toEqual(['Shift', '↓']);
  expect(keyNames('n')).toEqual(['N']);
});

it('puts titles that begin with the text first and leaves out what does not fit', () => {
  const choice = (title: string, detail?: string): Choice => ({
    key: title,
    group: 'Go to',
    title,
    detail,
    run: () => undefined,
  });
  const choices = [choice('All contacts'), choice('Contacts'), choice('Tags', 'CRM › Contacts'), choice('Stages')];
  expect(ranked(choices, 'cont').map((each) => each.title)).toEqual(['Contacts', 'All contacts', 'Tags']);
});
