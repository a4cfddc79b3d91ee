/** A new record in a dialog: the model's form in one column, then back to where it was needed. */
import { Modal } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import { useScope } from '../../rpc/boot';
import { useViews } from '../../rpc/queries';
import type { ViewSet } from '../data';
import { formSpec } from '../spec';
import { askedRecord, type AskedRecord } from './dialog';
import { FormBody } from './FormBody';
import { useNew } from './useNew';

function Body({ views, asked }: { views: ViewSet; asked: AskedRecord }): ReactNode {
  const scope = useScope(views.fields);
  const spec = useMemo(() => formSpec(views), [views]);
  const plain = useMemo<ViewSet>(() => ({ ...views, form: { ...views.form, tabs: [], status: null } }), [views]);
  const form = useNew({ views: plain, spec, scope, defaults: asked.defaults });
  const create = async (): Promise<void> => {
    const record = await form.save();
    if (record) asked.answer({ id: record.id, title: String(record[views.form.title] ?? '') });
  };
  return (
    <>
      {form.ready && <FormBody form={form} scope={scope} narrow />}
      <div className="tn-dialog-actions">
        <button type="button" className="tn-btn" onClick={() => asked.answer(null)}>
          Cancel
        </button>
        <button type="button" className="tn-btn" data-kind="primary" disabled={form.busy} onClick={() => void create()}>
          Create
        </button>
      </div>
    </>
  );
}

export default function FormDialog(): ReactNode {
  const asked = askedRecord.use();
  const views = useViews(asked?.model ?? '', null, asked !== null);
  return (
    <Modal
      opened={asked !== null}
      onClose={() => asked?.answer(null)}
      title={`New ${views.data?.label.toLowerCase() ?? ''}`}
      size={560}
    >
      {asked && views.data && <Body key={asked.model} views={views.data} asked={asked} />}
    </Modal>
  );
}
