/** Relations that are read with fields of their own come without a title: it is one of these fields. */
import type { Rec, Ref, Spec } from './types';

/** The spec as the server takes it. */
export function sent(spec: Spec): Spec {
  return Object.fromEntries(
    Object.entries(spec).map(([name, { fields, limit }]) => [
      name,
      { ...(fields ? { fields: sent(fields) } : {}), ...(limit ? { limit } : {}) },
    ]),
  );
}

/** The records with the title of such relations in its usual place. */
export function titled<T extends Rec>(records: T[], spec: Spec): T[] {
  const nested = Object.entries(spec).flatMap(([name, { title }]) => (title ? [[name, title] as const] : []));
  if (nested.length === 0) return records;
  return records.map((record) => {
    const named = nested.flatMap(([name, title]) => {
      const ref = record[name] as Ref | null | undefined;
      return ref ? [[name, { ...ref, title: String(ref[title] ?? '') }]] : [];
    });
    return { ...record, ...Object.fromEntries(named) };
  });
}
