/** A new card inside its column: the few fields that matter, Enter creates. */
import { X } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { RpcError } from '../../rpc/errors';
import { useStale } from '../../rpc/queries';
import { create } from '../../rpc/records';
import type { Rec, Values } from '../../rpc/types';
import { notify, tell } from '../../shell/feedback';
import { FieldEdit } from '../../widgets/edit/FieldEdit';
import type { BoardData, ViewSet } from '../data';
import { askForRecord } from '../form/dialog';
import { settable } from '../form/values';
import type { BoardColumn } from './board';

interface Props {
  views: ViewSet;
  data: BoardData;
  column: BoardColumn;
  onClose: () => void;
  onOpen: (record: Rec) => void;
}

export function QuickCreate({ views, data, column, onClose, onOpen }: Props): ReactNode {
  const names = data.quickCreate.length ? data.quickCreate : [data.card.title];
  const group = views.fields[data.group];
  const place = group?.comodel ? { id: column.value, title: column.title } : column.value;
  const [values, setValues] = useState<Values>({ [data.group]: place });
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const [round, setRound] = useState(0);
  const stale = useStale();
  const set = (name: string, value: unknown): void => {
    setError('');
    setValues((now) => ({ ...now, [name]: value }));
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!String(values[names[0] ?? ''] ?? '').trim() || busy) return;
    setBusy(true);
    try {
      const record = await create(views.model, settable(values, views.fields), { [data.card.title]: {} });
      stale(views.model);
      setValues({ [data.group]: place });
      setRound(round + 1);
      notify(`“${String(record[data.card.title])}” created`, { action: { label: 'Open', run: () => onOpen(record) } });
    } catch (failure) {
      if (failure instanceof RpcError && failure.status < 500) setError(failure.message);
      else tell(failure);
    } finally {
      setBusy(false);
    }
  };
  const more = async (): Promise<void> => {
    onClose();
    const made = await askForRecord(views.model, values);
    if (made) stale(views.model);
  };
  return (
    <form
      className="tn-quick"
      key={round}
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      {names.map((name, at) => {
        const field = views.fields[name];
        return (
          field && (
            <FieldEdit
              key={name}
              id={`quick-${column.key}-${name}`}
              item={{ name, placeholder: field.label }}
              field={field}
              model={views.model}
              label={field.label}
              value={values[name] ?? (field.type === 'money' || field.type === 'integer' ? null : undefined)}
              record={values}
              readonly={false}
              autoFocus={at === 0}
              onChange={(value) => set(name, value)}
              onInput={(value) => {
                if (field.type === 'char') set(name, value ?? '');
              }}
            />
          )
        );
      })}
      {error && (
        <p className="tn-quick-error" role="alert">
          {error}
        </p>
      )}
      <div className="tn-quick-actions">
        <button type="submit" className="tn-btn" data-kind="primary" disabled={busy}>
          Create
        </button>
        <button type="button" className="tn-btn" data-kind="quiet" onClick={() => void more()}>
          More fields
        </button>
        <button type="button" className="tn-icon-btn" aria-label="Cancel" onClick={onClose}>
          <X size={15} aria-hidden />
        </button>
      </div>
    </form>
  );
}
