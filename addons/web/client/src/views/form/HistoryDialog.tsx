/** The history of a record: who changed which field from what to what, the newest first. */
import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ArrowRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { unset } from '../../domain/compare';
import { useBoot } from '../../rpc/boot';
import { historyOf, type Changed, type HistoryEntry } from '../../rpc/changes';
import { keys } from '../../rpc/queries';
import type { Fields, Id, Values } from '../../rpc/types';
import { Avatar } from '../../widgets/Avatar';
import { exactMoment, relativeMoment } from '../../widgets/format';
import { Value } from '../../widgets/Value';
import './changes.css';

interface Props {
  model: string;
  id: Id;
  title: string;
  fields: Fields;
  record: Values;
  close: () => void;
}

function Side({
  change,
  value,
  fields,
  record,
}: { change: Changed; value: unknown } & Pick<Props, 'fields' | 'record'>) {
  const field = fields[change.field];
  if (unset(value) && !field?.secret) return <span className="tn-muted">empty</span>;
  if (!field) return <span className="tn-cut">{String(value)}</span>;
  if (field.type === 'boolean') return <span>{value ? 'Yes' : 'No'}</span>;
  return <Value field={field} value={value} record={record} quiet exact />;
}

function Entry({ entry, fields, record }: { entry: HistoryEntry } & Pick<Props, 'fields' | 'record'>): ReactNode {
  const { user } = useBoot();
  const locale = { language: user.language, zone: user.tz };
  const who = entry.who || 'The system';
  return (
    <li className="tn-change">
      <Avatar title={who} size={20} />
      <div>
        <p>
          <strong>{who}</strong>{' '}
          <time className="tn-muted" dateTime={entry.at} title={exactMoment(entry.at, locale)}>
            {relativeMoment(entry.at, new Date(), locale)}
          </time>
        </p>
        {entry.changes.map((change) => (
          <p key={change.field} className="tn-change-line">
            <span className="tn-change-field">{change.label}</span>
            <Side change={change} value={change.before} fields={fields} record={record} />
            <ArrowRight size={12} aria-label="became" />
            <Side change={change} value={change.after} fields={fields} record={record} />
          </p>
        ))}
      </div>
    </li>
  );
}

export default function HistoryDialog({ model, id, title, fields, record, close }: Props): ReactNode {
  const query = useQuery({
    queryKey: [...keys.record(model, id), 'history'],
    queryFn: () => historyOf(model, id),
    staleTime: 0,
  });
  return (
    <Modal opened onClose={close} title={`History of ${title}`} size={560}>
      {query.isPending && (
        <p className="tn-dialog-text" aria-busy="true">
          Reading the history…
        </p>
      )}
      {query.error && (
        <p className="tn-error" role="alert">
          The history could not be read.{' '}
          <button type="button" className="tn-btn" onClick={() => void query.refetch()}>
            Try again
          </button>
        </p>
      )}
      {query.data?.length === 0 && <p className="tn-dialog-text">Nothing was changed yet.</p>}
      <ol className="tn-changes">
        {query.data?.map((entry) => (
          <Entry key={`${entry.id}-${entry.at}`} entry={entry} fields={fields} record={record} />
        ))}
      </ol>
    </Modal>
  );
}
