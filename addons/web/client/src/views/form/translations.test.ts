/** Which languages the dialog shows, and what it sends. */
import { expect, it } from 'vitest';
import { languageName, shownLanguages, textChanges } from './translations';

const found = { texts: { fr: 'Chaise', en: 'Chair' }, languages: ['en', 'de', 'fr', 'pt'] };

it("shows the tenant's language, one's own, those with a text and those added, the tenant's first", () => {
  expect(shownLanguages(found, 'pt')).toEqual(['en', 'fr', 'pt']);
  expect(shownLanguages(found, 'en', ['de'])).toEqual(['en', 'de', 'fr']);
  expect(shownLanguages({ ...found, texts: { xx: 'old' } }, 'en')).toEqual(['en', 'xx']);
});

it('sends what changed, with what was seen', () => {
  expect(textChanges(found.texts, { en: 'Chair', fr: '', pt: 'Cadeira', de: '' })).toEqual({
    fr: { from: 'Chaise', to: '' },
    pt: { from: '', to: 'Cadeira' },
  });
});

it('calls a language by its name, or by its code', () => {
  expect(languageName('pt', 'en')).toBe('Portuguese');
  expect(languageName('not a code', 'en')).toBe('not a code');
});
