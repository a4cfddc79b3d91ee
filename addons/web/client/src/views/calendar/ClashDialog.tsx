/** Somebody moved the same event first: their time and mine side by side, and the choice. */
import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useBoot } from '../../rpc/boot';
import type { Id } from '../../rpc/types';
import type { Clash } from './useCalendar';
import { whenText } from './words';
import '../form/form.css';

interface Props {
  clash: Clash;
  names: (id: Id) => string;
  onSettle: (mine: boolean) => void;
}

export function ClashDialog({ clash, names, onSettle }: Props): ReactNode {
  const { user } = useBoot();
  const zone = user.tz || undefined;
  const { event, theirs, wanted, who } = clash;
  const what = (span: { start: string; end: string }, ids: readonly Id[]): ReactNode => (
    <strong>
      {whenText(span, zone, user.language)}
      {ids.length > 0 && <small className="tn-clash-who">{ids.map(names).join(', ')}</small>}
    </strong>
  );
  return (
    <Modal
      opened
      onClose={() => onSettle(false)}
      title={`${who} changed “${event.title}” first`}
      size={480}
      withCloseButton={false}
    >
      <p className="tn-dialog-text">You and {who} moved it at the same time. Choose what stays.</p>
      <div className="tn-conflict">
        <button type="button" data-autofocus onClick={() => onSettle(false)}>
          <small>{who}</small>
          {what(theirs, theirs.resources)}
          <span>Keep theirs</span>
        </button>
        <button type="button" onClick={() => onSettle(true)}>
          <small>You, now</small>
          {what(wanted.span, wanted.resources)}
          <span>Use mine</span>
        </button>
      </div>
    </Modal>
  );
}
