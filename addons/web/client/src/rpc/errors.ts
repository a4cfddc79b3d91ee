/** Errors as the client sees them: what the server refused, and what never reached it. */
import type { Id } from './types';

export interface ErrorBody {
  code: string;
  text: string;
  hint?: string;
  field?: string | null;
  record?: Id | null;
  details?: Record<string, unknown>;
}

/** The server answered with an error that says what happened and what to do. */
export class RpcError extends Error {
  readonly code: string;
  readonly hint: string;
  readonly field: string | null;
  readonly record: Id | null;
  readonly details: Record<string, unknown>;

  constructor(
    readonly status: number,
    body: ErrorBody,
    readonly requestId: string,
  ) {
    super(body.text);
    this.name = 'RpcError';
    this.code = body.code;
    this.hint = body.hint ?? '';
    this.field = body.field ?? null;
    this.record = body.record ?? null;
    this.details = body.details ?? {};
  }
}

/** The request did not reach the server, or its answer did not reach us. */
export class OfflineError extends Error {
  constructor() {
    super('The server cannot be reached.');
    this.name = 'OfflineError';
  }
}

/** What another person changed first, as a 409 tells it. */
export interface Conflict {
  field: string;
  theirs: unknown;
  yours: unknown;
  who: string;
  when: string;
}

/** The conflict in an error, if it is one. */
export function conflictOf(error: unknown): Conflict | null {
  if (!(error instanceof RpcError) || error.status !== 409 || !error.details['field']) return null;
  const { field, theirs, yours, who, when } = error.details;
  const name = typeof who === 'object' && who ? String((who as { title?: string }).title ?? '') : String(who ?? '');
  return { field: String(field), theirs, yours, who: name, when: String(when ?? '') };
}

/** The fields that must be filled before the server accepts, if that is why it refused. */
export function missingFields(error: unknown): string[] {
  if (!(error instanceof RpcError) || ![400, 422].includes(error.status)) return [];
  const fields = error.details['fields'];
  return Array.isArray(fields) ? fields.filter((name): name is string => typeof name === 'string') : [];
}
