/** What a form remembers between typing and saving. */
import { describe, expect, it } from 'vitest';
import { EMPTY, reduce, type Event, type FormState } from './state';

const after = (...events: Event[]): FormState => events.reduce(reduce, EMPTY);

describe('form state', () => {
  it('keeps a refused value as a draft with its reason', () => {
    const state = after(
      { type: 'typed', name: 'amount' },
      { type: 'saving', name: 'amount', value: '-5' },
      { type: 'failed', name: 'amount', text: 'Negative.' },
    );
    expect(state).toMatchObject({ drafts: { amount: '-5' }, typing: {}, errors: { amount: 'Negative.' }, saving: 0 });
  });

  it('is clean after a save, with the way back', () => {
    const saved = { name: 'amount', from: '1', to: '2' };
    const state = after({ type: 'saving', name: 'amount', value: '2' }, { type: 'saved', saved });
    expect(state).toMatchObject({ drafts: {}, saving: 0, saved });
  });

  it('forgets the reason as soon as somebody types again', () => {
    const state = after(
      { type: 'refusedLocally', name: 'name', value: '', text: 'Name is needed.' },
      { type: 'typed', name: 'name' },
    );
    expect(state.errors).toEqual({});
    expect(state.typing).toEqual({ name: true });
  });

  it('counts saves that run at once', () => {
    const state = after(
      { type: 'saving', name: 'a', value: 1 },
      { type: 'saving', name: 'b', value: 2 },
      { type: 'saved', saved: { name: 'a', from: 0, to: 1 } },
    );
    expect([state.saving, state.drafts]).toEqual([1, { b: 2 }]);
  });
});
