/** The lines of a one2many field: stored ones change cell by cell, new ones are created when their row is left. */
import { useState } from 'react';
import { unset } from '../../domain/compare';
import { onchange } from '../../rpc/records';
import type { FieldInfo, Fields, Rec, Spec } from '../../rpc/types';
import { tell } from '../../shell/feedback';
import type { Item } from '../data';
import type { FormApi } from './api';
import { lacking, same, settable, toWire } from './values';

export interface Lines {
  lines: Rec[];
  /** The row that is being edited. */
  active: number | null;
  errors: Record<string, string>;
  begin: (id: number) => void;
  add: () => Promise<void>;
  change: (id: number, name: string, value: unknown) => void;
  /** The row was left: a new line is created when it holds something. */
  leave: (id: number) => void;
  remove: (line: Rec) => void;
}

let fresh = 0;

const specOf = (columns: readonly Item[]): Spec => Object.fromEntries(columns.map((column) => [column.name, {}]));

export function useLines(form: FormApi, item: Item, field: FieldInfo, fields: Fields, columns: readonly Item[]): Lines {
  const model = field.comodel ?? '';
  const stored = Array.isArray(form.values[item.name]) ? (form.values[item.name] as Rec[]) : [];
  const [news, setNews] = useState<Rec[]>([]);
  const [active, setActive] = useState<number | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const parentIsNew = form.id === null;
  const lines = parentIsNew ? stored : [...stored, ...news];

  const put = (line: Rec): void => {
    if (parentIsNew)
      void form.commitLines(
        item.name,
        [],
        stored.some((each) => each.id === line.id)
          ? stored.map((each) => (each.id === line.id ? line : each))
          : [...stored, line],
      );
    else
      setNews((now) =>
        now.some((each) => each.id === line.id)
          ? now.map((each) => (each.id === line.id ? line : each))
          : [...now, line],
      );
  };

  const add = async (): Promise<void> => {
    fresh -= 1;
    const line: Rec = { id: fresh, $untouched: true };
    setErrors({});
    setActive(line.id);
    try {
      const answer = await onchange(model, {}, [], specOf(columns));
      put({ ...answer.values, ...line });
    } catch (error) {
      put(line);
      tell(error);
    }
  };

  const change = (id: number, name: string, value: unknown): void => {
    const info = fields[name];
    const line = lines.find((each) => each.id === id);
    if (!info || !line || same(info, value, line[name])) return;
    setErrors({});
    if (id < 0) return put({ ...line, [name]: value, $untouched: false });
    const next = stored.map((each) => (each.id === id ? { ...each, [name]: value } : each));
    void form.commitLines(item.name, [['update', id, { [name]: toWire(info, value) }]], next);
  };

  const leave = (id: number): void => {
    setActive((now) => (now === id ? null : now));
    const line = news.find((each) => each.id === id);
    if (!line || parentIsNew) return;
    const filled = columns.some((column) => !unset(line[column.name]));
    if (!filled || line['$untouched']) return setNews((now) => now.filter((each) => each.id !== id));
    const empty = lacking(
      columns.filter((column) => fields[column.name]?.required).map((column) => column.name),
      line,
      fields,
    );
    if (empty.length) {
      setErrors(Object.fromEntries(empty.map((name) => [`${id} ${name}`, `${fields[name]?.label} is needed.`])));
      return;
    }
    void form.commitLines(item.name, [['create', settable(line, fields)]], stored).then((done) => {
      if (done) setNews((now) => now.filter((each) => each.id !== id));
    });
  };

  const remove = (line: Rec): void => {
    if (line.id < 0 && !parentIsNew) return setNews((now) => now.filter((each) => each.id !== line.id));
    const rest = stored.filter((each) => each.id !== line.id);
    void form.commitLines(item.name, [['delete', line.id]], rest);
  };

  return { lines, active, errors, begin: setActive, add, change, leave, remove };
}
