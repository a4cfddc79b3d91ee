/** One call to the server: JSON in, JSON out, CSRF, and every failure as one of two errors. */
import { setConnection } from './connection';
import { OfflineError, RpcError, type ErrorBody } from './errors';
import type { Boot } from './types';

let token = '';
const EDITION_TRIES = 4;

/** Take the token that each unsafe request must carry. */
export function setToken(csrf: string): void {
  token = csrf;
}

/** The token of now, for what is not sent by `rpc`. */
export const tokenNow = (): string => token;

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function send(url: string, body: unknown, method = 'POST'): Promise<Response> {
  try {
    const response = await fetch(url, {
      method,
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRF-Token': token },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
    });
    setConnection({ online: true });
    return response;
  } catch {
    setConnection({ online: false });
    throw new OfflineError();
  }
}

/** What a refusing answer says. */
export async function failure(response: Response): Promise<RpcError> {
  const parsed = (await response.json().catch(() => null)) as { error?: ErrorBody; request_id?: string } | null;
  const request = parsed?.request_id ?? response.headers.get('X-Request-Id') ?? '';
  if (parsed?.error) return new RpcError(response.status, parsed.error, request);
  const text = `The server answered ${response.status} without saying why.`;
  return new RpcError(response.status, { code: 'http', text, hint: 'Try again in a moment.' }, request);
}

/** Fetch the boot data anew; a new login of the same person brings a new token. */
export async function fetchBoot(): Promise<Boot> {
  const response = await fetch('/web/boot', { credentials: 'same-origin', headers: { Accept: 'application/json' } });
  if (response.status === 401 || response.redirected) {
    setConnection({ expired: true });
    throw new RpcError(401, { code: 'session', text: 'You are logged out.' }, '');
  }
  const boot = (await response.json()) as Boot;
  setToken(boot.csrf);
  return boot;
}

/** Call `/rpc/<model>/<method>`; waits out a server that is being replaced (503 `edition`). */
export async function rpc<T = unknown>(model: string, method: string, params: object = {}): Promise<T> {
  const url = `/rpc/${encodeURIComponent(model)}/${encodeURIComponent(method)}`;
  for (let attempt = 1; ; attempt += 1) {
    const response = await send(url, params);
    if (response.ok) return ((await response.json()) as { result: T }).result;
    const error = await failure(response);
    if (error.code === 'edition' && attempt < EDITION_TRIES) {
      await pause(1000 * Math.min(Number(response.headers.get('Retry-After') ?? 1), 5));
      continue;
    }
    if (error.code === 'csrf' && attempt === 1) {
      await fetchBoot();
      continue;
    }
    if (error.status === 401) setConnection({ expired: true });
    throw error;
  }
}

/** Read JSON from a page of an addon, or send some to it: what is no method of a model. */
export async function page<T>(url: string, body?: object): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await send(url, body, body ? 'POST' : 'GET');
    if (response.ok) return (await response.json()) as T;
    const error = await failure(response);
    if (error.code === 'csrf' && attempt === 1) {
      await fetchBoot();
      continue;
    }
    if (error.status === 401) setConnection({ expired: true });
    throw error;
  }
}
