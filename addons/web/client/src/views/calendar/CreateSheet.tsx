/** The small sheet of a new event: when, with whom, and the few fields that matter. */
import { Modal } from '@mantine/core';
import { useEffect, useMemo, useState, type FormEvent, type ReactNode } from 'react';
import { useScope } from '../../rpc/boot';
import type { Rec, Spec, Values } from '../../rpc/types';
import { navigate, recordPlace } from '../../shell/location';
import type { Item, ViewSet } from '../data';
import { Field } from '../form/Field';
import { useNew } from '../form/useNew';
import type { CalendarData } from './data';
import '../form/form.css';

interface Props {
  views: ViewSet;
  data: CalendarData;
  action: string;
  defaults: Values;
  onClose: () => void;
  onDone: (record: Rec) => void;
}

/** Without a drawn length the end is left to the server, until it asks for one. */
function itemsOf(views: ViewSet, data: CalendarData, ended: boolean): Item[] {
  const wanted: Item[] = data.quickCreate.length
    ? data.quickCreate
    : [data.title, data.color].flatMap((name) => (name ? [{ name }] : []));
  const rest = [data.start, ...(ended ? [data.end] : []), ...(data.resource ? [data.resource] : [])].filter(
    (name) => !wanted.some((item) => item.name === name),
  );
  return [...wanted, ...rest.map((name) => ({ name }))].filter(
    (item) => views.fields[item.name] && !views.fields[item.name]?.readonly,
  );
}

export function CreateSheet({ views, data, action, defaults, onClose, onDone }: Props): ReactNode {
  const scope = useScope(views.fields);
  const [ended, setEnded] = useState(data.end in defaults);
  const items = useMemo(() => itemsOf(views, data, ended), [views, data, ended]);
  const spec = useMemo<Spec>(
    () =>
      Object.fromEntries(
        [data.title, data.start, data.end, ...items.map((item) => item.name)].map((name) => [name, {}]),
      ),
    [data, items],
  );
  const small = useMemo<ViewSet>(
    () => ({
      ...views,
      form: {
        ...views.form,
        title: items[0]?.name ?? data.title,
        status: null,
        tabs: [],
        sections: [{ id: 'quick', title: '', columns: 1, fields: items }],
      },
    }),
    [views, data, items],
  );
  const form = useNew({ views: small, spec, scope, defaults });
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const record = await form.save();
    if (record) onDone(record);
  };
  const asked = Boolean(form.state.errors[data.end]);
  useEffect(() => {
    if (asked) setEnded(true);
  }, [asked]);
  const more = (): void => {
    onClose();
    void navigate({ ...recordPlace(action, 'new'), defaults: { ...defaults, ...form.values } });
  };
  const unknown = Object.entries(form.state.errors).filter(([name]) => !items.some((item) => item.name === name));
  return (
    <Modal opened onClose={onClose} title={`New ${views.label.toLowerCase()}`} size={440} withCloseButton={false}>
      <form onSubmit={(event) => void submit(event)}>
        <div className="tn-cal-sheet">
          {items.map((item, at) => (
            <Field key={item.name} form={form} item={item} scope={scope} autoFocus={at === 0} />
          ))}
          {unknown.map(([name, text]) => (
            <p key={name} className="tn-error" role="alert">
              {text}
            </p>
          ))}
          {form.state.warnings.map((text) => (
            <p key={text} className="tn-warning">
              {text}
            </p>
          ))}
        </div>
        <div className="tn-dialog-actions">
          <button type="button" className="tn-btn tn-cal-more" data-kind="quiet" onClick={more}>
            More fields
          </button>
          <button type="button" className="tn-btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="tn-btn" data-kind="primary" disabled={form.busy || !form.ready}>
            Create
          </button>
        </div>
      </form>
    </Modal>
  );
}
