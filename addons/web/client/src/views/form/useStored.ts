/** The form of a stored record: each field is saved when it is left, with the value that was seen. */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react';
import { matches, type Scope } from '../../domain';
import { unset } from '../../domain/compare';
import { connection } from '../../rpc/connection';
import { conflictOf, missingFields, OfflineError, RpcError } from '../../rpc/errors';
import { useStale } from '../../rpc/queries';
import { callMethod, write, type Changes } from '../../rpc/records';
import type { ActionResult, Rec, Spec, Values } from '../../rpc/types';
import { say, tell } from '../../shell/feedback';
import type { Item, ViewSet } from '../data';
import type { FormApi } from './api';
import { EMPTY, reduce } from './state';
import { keepsNoCopy, same, toWire, type Command } from './values';

export interface StoredForm extends FormApi {
  undo: () => void;
  keepTheirs: () => void;
  useMine: () => void;
  press: (method: string) => Promise<void>;
  closeRefused: () => void;
  forget: () => void;
  dirty: boolean;
}
interface Props {
  views: ViewSet;
  record: Rec;
  spec: Spec;
  scope: Scope;
  queryKey: readonly unknown[];
  onResult: (result: ActionResult | null) => void;
}

/** Whether an item must be filled: always, or under a condition. */
export function required(views: ViewSet, item: Item, values: Values, scope: Scope): boolean {
  if (typeof item.required === 'boolean') return item.required;
  if (item.required) return matches(item.required, values, scope);
  return Boolean(views.fields[item.name]?.required);
}

export function useStored({ views, record, spec, scope, queryKey, onResult }: Props): StoredForm {
  const { model, fields } = views;
  const [state, send] = useReducer(reduce, EMPTY);
  const cache = useQueryClient();
  const stale = useStale();
  const latest = useRef(record);
  latest.current = record;
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const values = useMemo<Values>(() => ({ ...record, ...state.drafts }), [record, state.drafts]);

  const accept = useCallback(
    (saved: Rec): void => {
      latest.current = { ...latest.current, ...saved };
      cache.setQueryData(queryKey, latest.current);
      stale(model);
    },
    [cache, queryKey, stale, model],
  );

  /** One write after the other, so that each sees what the one before saved. */
  const save = (name: string, value: unknown, changes: () => Changes, quiet = false): Promise<boolean> => {
    const work = async (): Promise<boolean> => {
      const from = latest.current[name];
      try {
        accept(await write(model, latest.current.id, changes(), spec));
        send({ type: 'saved', saved: { name, from, to: value }, quiet });
        say('Saved');
        return true;
      } catch (error) {
        failed(name, value, error);
        return false;
      }
    };
    const next = queue.current.then(work, work);
    queue.current = next;
    return next;
  };

  const failed = (name: string, value: unknown, error: unknown): void => {
    const conflict = conflictOf(error);
    if (conflict) return send({ type: 'conflict', name, conflict: { ...conflict, wanted: value } });
    const lacks = missingFields(error);
    if (lacks.length) {
      send({ type: 'failed', name, text: '' });
      send({ type: 'forgotten', name });
      const retry = async (filled: Values): Promise<void> => {
        await change({ ...filled, [name]: value });
      };
      return send({ type: 'refused', refused: { fields: lacks, text: (error as Error).message, retry } });
    }
    const text =
      error instanceof OfflineError
        ? 'Not saved yet: the server cannot be reached.'
        : error instanceof Error
          ? error.message
          : 'Not saved.';
    const elsewhere =
      error instanceof RpcError && error.field && error.field !== name && error.field in fields ? error.field : name;
    send({ type: 'failed', name: elsewhere, text });
    if (!(error instanceof OfflineError) && !(error instanceof RpcError && error.status < 500)) tell(error);
  };

  const changesOf = (wanted: Values): Changes =>
    Object.fromEntries(
      Object.entries(wanted).flatMap(([name, value]) => {
        const field = fields[name];
        if (!field) return [];
        const seen =
          field.type === 'many2many'
            ? ((latest.current[name] as Rec[] | undefined)?.map((each) => each.id) ?? [])
            : toWire(field, latest.current[name] ?? null);
        return [[name, { from: seen, to: toWire(field, value) }]];
      }),
    );

  /** Several fields in one write, such as a stage with what it needs. */
  const change = async (wanted: Values): Promise<void> => {
    const [name = ''] = Object.keys(wanted).slice(-1);
    send({ type: 'saving', name, value: wanted[name] });
    await save(name, wanted[name], () => changesOf(wanted), Object.keys(wanted).length > 1);
  };

  const commit = (name: string, value: unknown): void => {
    const field = fields[name];
    if (!field) return;
    if (same(field, value, latest.current[name])) return send({ type: 'forgotten', name });
    const item = [...views.form.sections, ...views.form.tabs]
      .flatMap((section) => section.fields)
      .find((each) => each.name === name) ?? { name };
    if (unset(value) && field.type !== 'boolean' && required(views, item, values, scope)) {
      return send({ type: 'refusedLocally', name, value, text: `${field.label} is needed.` });
    }
    send({ type: 'saving', name, value });
    void save(name, value, () => changesOf({ [name]: value }), keepsNoCopy(field));
  };

  const commitLines = async (name: string, commands: Command[], lines: readonly Rec[]): Promise<boolean> => {
    send({ type: 'saving', name, value: lines });
    return save(name, lines, () => ({ [name]: { to: commands } as Changes[string] }), true);
  };

  const press = async (method: string): Promise<void> => {
    await queue.current;
    try {
      const result = await callMethod<{ action?: ActionResult } | null>(model, method, [latest.current.id]);
      stale(model);
      onResult(result?.action ?? null);
    } catch (error) {
      const lacks = missingFields(error);
      if (!lacks.length) return tell(error);
      const target = views.form.status && error instanceof RpcError ? error.details[views.form.status] : undefined;
      const retry = async (filled: Values): Promise<void> => {
        // Where the refusal names the state that was wanted, fields and state go together.
        if (target !== undefined && views.form.status) return change({ ...filled, [views.form.status]: target });
        await change(filled);
        await press(method);
      };
      send({ type: 'refused', refused: { fields: lacks, text: (error as Error).message, retry } });
    }
  };

  const { drafts, errors } = state;
  useEffect(() =>
    connection.subscribe(() => {
      if (connection.get().online) Object.keys(errors).forEach((name) => name in drafts && commit(name, drafts[name]));
    }),
  );

  return {
    views,
    id: record.id,
    values,
    state,
    readonly: !views.access.write,
    commit,
    commitLines,
    press,
    input: (name, value) => send(value === undefined ? { type: 'forgotten', name } : { type: 'typed', name }),
    isRequired: (item) => required(views, item, values, scope),
    undo: () => {
      if (state.saved) commit(state.saved.name, state.saved.from);
    },
    keepTheirs: () => {
      if (state.conflict) {
        send({ type: 'forgotten', name: state.conflict.field });
        void cache.invalidateQueries({ queryKey });
      }
      send({ type: 'settled' });
    },
    useMine: () => {
      const { conflict } = state;
      send({ type: 'settled' });
      if (!conflict) return;
      const { field: name, theirs, wanted } = conflict;
      const field = fields[name];
      if (!field) return;
      send({ type: 'saving', name, value: wanted });
      void save(name, wanted, () => ({ [name]: { from: toWire(field, theirs), to: toWire(field, wanted) } }));
    },
    closeRefused: () => send({ type: 'refused', refused: null }),
    forget: () => send({ type: 'reset' }),
    dirty: Object.keys(drafts).length + Object.keys(state.typing).length > 0,
  };
}
