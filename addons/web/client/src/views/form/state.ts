/** A form's state beside the record itself: what is typed, what was refused, what was saved last. */
import type { Conflict } from '../../rpc/errors';
import type { Values } from '../../rpc/types';

export interface Saved {
  name: string;
  from: unknown;
  to: unknown;
}
export interface FormState {
  /** Values that were decided, differ from the record and are not saved. */
  drafts: Values;
  /** Fields in which somebody is typing. */
  typing: Record<string, true>;
  errors: Record<string, string>;
  saving: number;
  saved: Saved | null;
  conflict: (Conflict & { wanted: unknown }) | null;
  /** The server refused an action until these are filled. */
  refused: { fields: string[]; text: string; retry: (filled: Values) => Promise<void> } | null;
  warnings: string[];
}

export const EMPTY: FormState = {
  drafts: {},
  typing: {},
  errors: {},
  saving: 0,
  saved: null,
  conflict: null,
  refused: null,
  warnings: [],
};

export type Event =
  | { type: 'typed'; name: string }
  | { type: 'forgotten'; name: string }
  | { type: 'refusedLocally'; name: string; value: unknown; text: string }
  | { type: 'saving'; name: string; value: unknown }
  | { type: 'saved'; saved: Saved; quiet?: boolean }
  | { type: 'failed'; name: string; text: string }
  | { type: 'conflict'; name: string; conflict: FormState['conflict'] }
  | { type: 'errors'; errors: Record<string, string> }
  | { type: 'refused'; refused: FormState['refused'] }
  | { type: 'warned'; warnings: string[] }
  | { type: 'settled' }
  | { type: 'reset' };

function without<T>(record: Record<string, T>, name: string): Record<string, T> {
  if (!(name in record)) return record;
  const { [name]: _gone, ...rest } = record;
  return rest;
}

export function reduce(state: FormState, event: Event): FormState {
  switch (event.type) {
    case 'typed':
      return { ...state, typing: { ...state.typing, [event.name]: true }, errors: without(state.errors, event.name) };
    case 'forgotten':
      return {
        ...state,
        typing: without(state.typing, event.name),
        drafts: without(state.drafts, event.name),
        errors: without(state.errors, event.name),
      };
    case 'refusedLocally':
      return {
        ...state,
        typing: without(state.typing, event.name),
        drafts: { ...state.drafts, [event.name]: event.value },
        errors: { ...state.errors, [event.name]: event.text },
      };
    case 'saving':
      return {
        ...state,
        saving: state.saving + 1,
        typing: without(state.typing, event.name),
        drafts: { ...state.drafts, [event.name]: event.value },
        errors: without(state.errors, event.name),
      };
    case 'saved':
      return {
        ...state,
        saving: state.saving - 1,
        drafts: without(state.drafts, event.saved.name),
        saved: event.quiet ? null : event.saved,
      };
    case 'failed':
      return { ...state, saving: state.saving - 1, errors: { ...state.errors, [event.name]: event.text } };
    case 'conflict':
      return { ...state, saving: state.saving - 1, conflict: event.conflict };
    case 'errors':
      return { ...state, errors: event.errors };
    case 'refused':
      return { ...state, refused: event.refused };
    case 'warned':
      return { ...state, warnings: event.warnings };
    case 'settled':
      return { ...state, conflict: null };
    case 'reset':
      return EMPTY;
  }
}
