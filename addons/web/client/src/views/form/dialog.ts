/** A new record made in a dialog, from wherever it is needed. */
import type { Ref, Values } from '../../rpc/types';
import { Store } from '../../store';

export interface AskedRecord {
  model: string;
  defaults: Values;
  answer: (made: Ref | null) => void;
}

export const askedRecord = new Store<AskedRecord | null>(null);

/** Opens the model's form in a dialog; resolves to the record, or null when the person changed their mind. */
export function askForRecord(model: string, defaults: Values): Promise<Ref | null> {
  return new Promise((resolve) => {
    const answer = (made: Ref | null): void => {
      askedRecord.set(null);
      resolve(made);
    };
    askedRecord.set({ model, defaults, answer });
  });
}
