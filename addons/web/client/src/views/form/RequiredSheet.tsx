/** The small sheet that asks for the fields without which a move or an action is refused. */
import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { unset } from '../../domain/compare';
import { keys } from '../../rpc/queries';
import { read, type Changes } from '../../rpc/records';
import type { Id, Spec, Values } from '../../rpc/types';
import { FieldEdit } from '../../widgets/edit/FieldEdit';
import type { ViewSet } from '../data';
import { toWire } from './values';

interface Props {
  views: ViewSet;
  id: Id;
  names: readonly string[];
  title: string;
  text: string;
  confirm: string;
  onClose: () => void;
  /** The changes with the values that were seen, and the plain values. */
  onDone: (changes: Changes, values: Values) => Promise<void>;
}

export default function RequiredSheet({ views, id, names, title, text, confirm, onClose, onDone }: Props): ReactNode {
  const fields = names.flatMap((name) => views.fields[name] ?? []);
  const spec: Spec = Object.fromEntries(fields.map((field) => [field.name, {}]));
  const record = useQuery({
    queryKey: keys.record(views.model, id, 'sheet', names),
    queryFn: async () => (await read(views.model, [id], spec))[0],
    gcTime: 0,
  });
  const [filled, setFilled] = useState<Values>({});
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const values: Values = { ...record.data, ...filled };
  const empty = (name: string): boolean =>
    unset(values[name]) || (/^(money|decimal)$/.test(views.fields[name]?.type ?? '') && Number(values[name]) === 0);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (!record.data || fields.some((field) => empty(field.name))) return;
    setBusy(true);
    const changes: Changes = Object.fromEntries(
      fields.map((field) => [
        field.name,
        { from: toWire(field, record.data?.[field.name] ?? null), to: toWire(field, values[field.name]) },
      ]),
    );
    await onDone(changes, Object.fromEntries(fields.map((field) => [field.name, values[field.name]])));
    setBusy(false);
  };
  return (
    <Modal opened onClose={onClose} title={title} size={440} withCloseButton={false}>
      <form onSubmit={(event) => void submit(event)}>
        <p className="tn-dialog-text">{text}</p>
        <div className="tn-sheet-fields">
          {fields.map((field, at) => {
            const missing = tried && empty(field.name);
            return (
              <div key={field.name} className="tn-sheet-field">
                <label htmlFor={`sheet-${field.name}`}>{field.label}</label>
                <FieldEdit
                  id={`sheet-${field.name}`}
                  item={{ name: field.name }}
                  field={field}
                  model={views.model}
                  label={field.label}
                  value={values[field.name]}
                  record={values}
                  readonly={false}
                  autoFocus={at === 0}
                  invalid={missing ? 'needed' : undefined}
                  describedBy={missing ? `sheet-${field.name}-error` : undefined}
                  onChange={(value) => setFilled((now) => ({ ...now, [field.name]: value }))}
                  onInput={() => undefined}
                />
                {missing && (
                  <span id={`sheet-${field.name}-error`} className="tn-error" role="alert">
                    {field.label} is needed.
                  </span>
                )}
              </div>
            );
          })}
        </div>
        <div className="tn-dialog-actions">
          <button type="button" className="tn-btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="tn-btn" data-kind="primary" disabled={busy || record.isPending}>
            {confirm}
          </button>
        </div>
      </form>
    </Modal>
  );
}
