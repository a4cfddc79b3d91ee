/** What happened to records: changes of tracked fields, and deleted records that can come back. */
import { callMethod } from './records';
import type { Id } from './types';

export interface Changed {
  field: string;
  label: string;
  before: unknown;
  after: unknown;
}
export interface HistoryEntry {
  id: Id;
  user: Id | null;
  who: string;
  at: string;
  changes: Changed[];
}
export interface Deleted {
  change: Id;
  id: Id;
  title: string;
  user: Id | null;
  who: string;
  at: string;
}

/** The newest first; as many as fit on a screen or two. */
export const historyOf = (model: string, id: Id): Promise<HistoryEntry[]> =>
  callMethod('base.change', 'of', [], { model, id, limit: 100 });
export const deletedOf = (model: string): Promise<Deleted[]> =>
  callMethod('base.change', 'trash', [], { model, limit: 100 });
export const bringBack = (change: Id): Promise<{ model: string; id: Id }> =>
  callMethod('base.change', 'restore', [], { change });
