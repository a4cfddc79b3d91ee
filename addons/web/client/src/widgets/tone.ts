/** A colour that means something: a state's name tells it, else its place in the list. */

const MEANINGS: [RegExp, string][] = [
  [/^(done|won|good|paid|active|customer|confirmed|converted|success|approved|evangelist)$/i, 'green'],
  [/^(overdue|lost|bad|failed|cancelled|canceled|refused|dropped|churned|danger|red)$/i, 'red'],
  [/^(hold|waiting|pending|warning|late|draft|paused|orange|amber)$/i, 'amber'],
  [/^(open|working|new|in_progress|progress|running|today|due)$/i, 'accent'],
  [/^(archived|closed|none|other|unknown)$/i, 'grey'],
];

/** The tone of a state, or null where its name says nothing. */
export function toneOf(...names: (string | undefined)[]): string | null {
  for (const name of names) {
    const found = name && MEANINGS.find(([pattern]) => pattern.test(name.trim()));
    if (found) return found[1];
  }
  return null;
}

export const TONE_COLOR: Record<string, string> = {
  green: 'var(--tn-green-fill)',
  red: 'var(--tn-red-fill)',
  amber: 'var(--tn-amber-fill)',
  accent: 'var(--tn-accent)',
  grey: 'var(--tn-text-3)',
};

/** Blues, violets and the like: red, amber and green are kept for what they mean. */
const CALM = [255, 300, 210, 330, 185, 275];

export const stepColor = (step: number): string => `oklch(0.66 0.12 ${CALM[Math.abs(step) % CALM.length]})`;
