/** Put domains together, and tell which fields a domain reads. */
import type { Spec, WireDomain } from '../rpc/types';

const empty = (domain: WireDomain | null | undefined): boolean => !domain || domain.length === 0;

function join(sign: '&' | '|', domains: readonly (WireDomain | null | undefined)[]): WireDomain {
  const parts = domains.filter((domain): domain is WireDomain => !empty(domain));
  if (parts.length < 2) return parts[0] ?? [];
  return [sign, ...parts.map(single)];
}

/** A list of terms means "and"; inside a bigger domain it must say so. */
function single(domain: WireDomain): WireDomain {
  return Array.isArray(domain[0]) ? ['&', ...domain] : domain;
}

/** All of these; empty ones do not count. */
export const allOf = (...domains: (WireDomain | null | undefined)[]): WireDomain => join('&', domains);

/** Any of these; one that is empty is always true, so the whole is. */
export function anyOf(...domains: (WireDomain | null | undefined)[]): WireDomain {
  return domains.some(empty) ? [] : join('|', domains);
}

/** The dotted paths that a domain reads, without date parts. */
export function pathsOf(domain: WireDomain | null | undefined): string[] {
  if (empty(domain)) return [];
  const [head, ...rest] = domain as WireDomain;
  if (Array.isArray(head)) return (domain as WireDomain[]).flatMap(pathsOf);
  if (head === '&' || head === '|' || head === '!') return (rest as WireDomain[]).flatMap(pathsOf);
  const path = String(head).split(':')[0] ?? '';
  const operator = rest[0];
  if (operator === 'any' || operator === 'not any')
    return pathsOf(rest[1] as WireDomain).map((sub) => `${path}.${sub}`);
  return [path];
}

/** Add a dotted path to a spec: `stage.kind` reads the field `kind` of the relation `stage`. */
export function addPath(spec: Spec, path: string): void {
  const dot = path.indexOf('.');
  const name = dot < 0 ? path : path.slice(0, dot);
  const entry = (spec[name] ??= {});
  if (dot < 0) return;
  entry.fields ??= {};
  addPath(entry.fields, path.slice(dot + 1));
}
