/** Somebody else changed the same field first: both values side by side, and the choice. */
import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useBoot } from '../../rpc/boot';
import { relativeMoment } from '../../widgets/format';
import { Value } from '../../widgets/Value';
import type { StoredForm } from './useStored';

export function ConflictDialog({ form }: { form: StoredForm }): ReactNode {
  const { user } = useBoot();
  const { conflict } = form.state;
  const field = conflict ? form.views.fields[conflict.field] : undefined;
  if (!conflict || !field) return null;
  const when = conflict.when
    ? relativeMoment(conflict.when, new Date(), { language: user.language, zone: user.tz }).toLowerCase()
    : '';
  const who = conflict.who || 'Somebody';
  return (
    <Modal
      opened
      onClose={form.keepTheirs}
      title={`${who} changed “${field.label}” first`}
      size={480}
      withCloseButton={false}
    >
      <p className="tn-dialog-text">You and {who} edited the same field. Choose the value that stays.</p>
      <div className="tn-conflict">
        <button type="button" data-autofocus onClick={form.keepTheirs}>
          <small>
            {who}
            {when && `, ${when}`}
          </small>
          <strong>
            <Value field={field} value={conflict.theirs} record={form.values} quiet exact />
            {conflict.theirs ? '' : <span className="tn-muted">empty</span>}
          </strong>
          <span>Keep theirs</span>
        </button>
        <button type="button" onClick={form.useMine}>
          <small>You, now</small>
          <strong>
            <Value field={field} value={conflict.wanted} record={form.values} quiet exact />
            {conflict.wanted ? '' : <span className="tn-muted">empty</span>}
          </strong>
          <span>Use mine</span>
        </button>
      </div>
    </Modal>
  );
}
