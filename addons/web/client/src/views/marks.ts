/** Whether a model's records are people, organisations, or something that needs no face. */
export type Mark = 'person' | 'organisation' | null;

export function markOf(model: string): Mark {
  const noun = model.split('.').at(-1) ?? '';
  if (/^(user|contact|partner|person|employee|customer|member)$/.test(noun)) return 'person';
  return /^(account|company|organisation|organization|supplier|vendor|team)$/.test(noun) ? 'organisation' : null;
}
