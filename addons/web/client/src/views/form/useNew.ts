/** The form of a new record: values live here until Create, the server's onchange fills in what follows. */
import { useEffect, useReducer, useRef, useState } from 'react';
import { matches, type Scope } from '../../domain';
import { unset } from '../../domain/compare';
import { RpcError } from '../../rpc/errors';
import { useStale } from '../../rpc/queries';
import { create, onchange } from '../../rpc/records';
import type { Rec, Spec, Values } from '../../rpc/types';
import { tell } from '../../shell/feedback';
import type { ViewSet } from '../data';
import type { FormApi } from './api';
import { EMPTY, reduce } from './state';
import { required } from './useStored';
import { lacking, settable } from './values';

export interface NewForm extends FormApi {
  ready: boolean;
  busy: boolean;
  dirty: boolean;
  /** Creates the record; null where something is missing or was refused. */
  save: () => Promise<Rec | null>;
}
interface Props {
  views: ViewSet;
  spec: Spec;
  scope: Scope;
  defaults: Values;
}

export function useNew({ views, spec, scope, defaults }: Props): NewForm {
  const { model, fields } = views;
  const [state, send] = useReducer(reduce, EMPTY);
  const [values, setValues] = useState<Values>(defaults);
  const [ready, setReady] = useState(false);
  const [busy, setBusy] = useState(false);
  const [touched, setTouched] = useState(false);
  const latest = useRef(values);
  const chosen = useRef(new Set(Object.keys(defaults)));
  const round = useRef(0);
  const set = (change: Values): void => {
    latest.current = { ...latest.current, ...change };
    setValues(latest.current);
  };

  /** What was chosen and what holds something; an empty field that nobody touched is left to the server. */
  const sendable = (): Values => {
    const kept = Object.entries(latest.current).filter(
      ([name, value]) => chosen.current.has(name) || (!unset(value) && value !== false),
    );
    return settable(Object.fromEntries(kept), fields, views.models);
  };

  /** Ask what follows from a change; an answer that was overtaken by a later change is left out. */
  const follow = async (changed: string[]): Promise<void> => {
    round.current += 1;
    const mine = round.current;
    try {
      const sent = sendable();
      const answer = await onchange(
        model,
        sent,
        changed.filter((name) => name in sent),
        spec,
      );
      if (mine !== round.current) return;
      set(answer.values);
      send({ type: 'warned', warnings: answer.warnings ?? [] });
    } catch (error) {
      if (error instanceof RpcError && error.field && error.field in fields)
        send({ type: 'errors', errors: { [error.field]: error.message } });
      else tell(error);
    }
  };

  useEffect(() => {
    void follow(Object.keys(defaults)).finally(() => setReady(true));
    // Defaults are asked for once, when the form opens.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  const commit = (name: string, value: unknown): void => {
    chosen.current.add(name);
    set({ [name]: value });
    setTouched(true);
    send({ type: 'forgotten', name });
    void follow([name]);
  };

  const items = [...views.form.sections, ...views.form.tabs].flatMap((section) => section.fields);
  const isRequired = (item: { name: string }): boolean => required(views, item, latest.current, scope);
  const needed = (): string[] => {
    const shown = [
      { name: views.form.title },
      ...(views.form.status ? [{ name: views.form.status }] : []),
      ...items,
    ].filter((item) => !('visible' in item) || matches(item.visible as never, latest.current, scope));
    return shown.filter((item) => !fields[item.name]?.readonly && isRequired(item)).map((item) => item.name);
  };

  const save = async (): Promise<Rec | null> => {
    // What is being typed is decided first: leaving the field does it.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    const empty = lacking([...new Set(needed())], latest.current, fields);
    if (empty.length) {
      send({
        type: 'errors',
        errors: Object.fromEntries(empty.map((name) => [name, `${fields[name]?.label ?? name} is needed.`])),
      });
      return null;
    }
    setBusy(true);
    try {
      const record = await create(model, sendable(), spec);
      stale(model);
      return record;
    } catch (error) {
      if (error instanceof RpcError && error.field && error.field in fields && error.status < 500) {
        send({
          type: 'errors',
          errors: { [error.field]: error.hint ? `${error.message} ${error.hint}` : error.message },
        });
      } else tell(error);
      return null;
    } finally {
      setBusy(false);
    }
  };
  const stale = useStale();

  return {
    views,
    id: null,
    values,
    state,
    readonly: false,
    ready,
    busy,
    commit,
    isRequired,
    save,
    input: (name, value) => {
      setTouched(true);
      send(value === undefined ? { type: 'forgotten', name } : { type: 'typed', name });
    },
    commitLines: (name, _commands, lines) => {
      commit(name, lines);
      return Promise.resolve(true);
    },
    dirty: touched,
  };
}
