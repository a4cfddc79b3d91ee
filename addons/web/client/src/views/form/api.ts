/** What a form offers to the fields, buttons and tabs in it, whether its record is stored or new. */
import type { Id, Rec, Values } from '../../rpc/types';
import type { Item, ViewSet } from '../data';
import type { FormState } from './state';
import type { Command } from './values';

export interface FormApi {
  views: ViewSet;
  id: Id | null;
  /** The record with what is typed over it: what conditions look at. */
  values: Values;
  state: FormState;
  readonly: boolean;
  input: (name: string, value: unknown) => void;
  commit: (name: string, value: unknown) => void;
  /** Change the lines of a one2many field. */
  commitLines: (name: string, commands: Command[], lines: readonly Rec[]) => Promise<boolean>;
  isRequired: (item: Item) => boolean;
}
