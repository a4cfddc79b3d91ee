/** The texts of one field by language: which are shown, and what of them changed. */
import type { TextChanges, Translations } from '../../rpc/types';

/** The tenant's language, the reader's own, those with a text, and those that were added by hand. */
export function shownLanguages(found: Translations, own: string, added: readonly string[] = []): string[] {
  const there = new Set([...found.languages.slice(0, 1), own, ...Object.keys(found.texts), ...added]);
  return [
    ...found.languages.filter((code) => there.has(code)),
    ...[...there].filter((code) => !found.languages.includes(code)),
  ];
}

/** What the person typed that is not what was seen. */
export function textChanges(seen: Translations['texts'], typed: Readonly<Record<string, string>>): TextChanges {
  const changed = Object.entries(typed).filter(([code, to]) => to !== (seen[code] ?? ''));
  return Object.fromEntries(changed.map(([code, to]) => [code, { from: seen[code] ?? '', to }]));
}

/** The name of a language as the reader calls it. */
export function languageName(code: string, reader: string): string {
  try {
    return new Intl.DisplayNames([reader], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}
