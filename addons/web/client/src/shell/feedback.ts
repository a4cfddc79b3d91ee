/** What the client tells the person: toasts, dialogs, and a line for screen readers. One small store. */
import { OfflineError, RpcError } from '../rpc/errors';
import { Store } from '../store';

export interface Toast {
  key: number;
  text: string;
  hint?: string;
  tone: 'plain' | 'success' | 'error';
  action?: { label: string; run: () => void };
  /** A newer toast about the same takes this one's place. */
  topic?: string;
  /** Milliseconds until it goes by itself. */
  life: number;
}
export interface Question {
  title: string;
  text?: string;
  confirm: string;
  cancel?: string;
  danger?: boolean;
}
interface Asked extends Question {
  answer: (yes: boolean) => void;
}
interface Feedback {
  toasts: readonly Toast[];
  question: Asked | null;
  failure: unknown;
  said: string;
}

export const feedback = new Store<Feedback>({ toasts: [], question: null, failure: null, said: '' });
let count = 0;

/** Show a toast; with an action it stays 10 seconds, an error 8, else 4. */
export function notify(text: string, options: Partial<Omit<Toast, 'key' | 'text'>> = {}): number {
  const tone = options.tone ?? 'plain';
  const life = options.life ?? (options.action ? 10_000 : tone === 'error' ? 8_000 : 4_000);
  count += 1;
  const others = feedback.get().toasts.filter((toast) => !options.topic || toast.topic !== options.topic);
  feedback.patch({ toasts: [...others.slice(-3), { ...options, key: count, text, tone, life }] });
  say(text);
  return count;
}

export function dismiss(key: number): void {
  feedback.patch({ toasts: feedback.get().toasts.filter((toast) => toast.key !== key) });
}

/** Say something to a screen reader without showing it. */
export function say(text: string): void {
  feedback.patch({ said: text });
}

/** Ask a yes or no question; resolves to the answer. */
export function ask(question: Question): Promise<boolean> {
  feedback.get().question?.answer(false);
  return new Promise((resolve) => {
    const answer = (yes: boolean): void => {
      feedback.patch({ question: null });
      resolve(yes);
    };
    feedback.patch({ question: { ...question, answer } });
  });
}

/** Tell an error: what the person can mend as a toast, what is broken as a dialog with the request id. */
export function tell(error: unknown): void {
  if (error instanceof RpcError && error.status === 401) return;
  if (error instanceof OfflineError)
    return void notify(error.message, { hint: 'Nothing was lost. Try again.', tone: 'error' });
  if (error instanceof RpcError && error.status < 500) {
    return void notify(error.message, { hint: error.hint, tone: 'error' });
  }
  feedback.patch({ failure: error });
}

export const closeFailure = (): void => feedback.patch({ failure: null });
