/** A round mark with initials, in a colour that a name keeps; square for what is no person. */
import type { ReactNode } from 'react';

const HUES = [255, 165, 25, 310, 205, 85, 350, 130];

/** A hue for a text, the same each time. */
export function hueOf(text: string): number {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return HUES[sum % HUES.length] ?? 255;
}

export function initials(title: string): string {
  const words = title
    .trim()
    .split(/[\s\-–—&/.,]+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = words[0]?.[0] ?? '?';
  const last = words.length > 1 ? (words.at(-1)?.[0] ?? '') : '';
  return (first + last).toUpperCase();
}

interface Props {
  title: string;
  size?: number;
  square?: boolean;
}

export function Avatar({ title, size = 20, square = false }: Props): ReactNode {
  const style = { '--hue': hueOf(title), width: size, height: size, fontSize: Math.round(size * 0.42) };
  const letters = size < 18 ? initials(title).slice(0, 1) : initials(title);
  return (
    <span className="tn-avatar" data-square={square || undefined} style={style as React.CSSProperties} aria-hidden>
      {letters}
    </span>
  );
}
