/** One record as a card: title, account, amount, at most three chips, next activity and owner. */
import { useDraggable } from '@dnd-kit/core';
import { CalendarDays, Clock } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { matches, type Scope } from '../../domain';
import { unset } from '../../domain/compare';
import type { FieldInfo, Fields, Rec, Ref } from '../../rpc/types';
import { Avatar } from '../../widgets/Avatar';
import { Tag } from '../../widgets/Chip';
import { Day, Money, Value } from '../../widgets/Value';
import type { CardData } from '../data';

const MOST_CHIPS = 3;

function chipsOf(field: FieldInfo, record: Rec): ReactNode[] {
  const value = record[field.name];
  if (unset(value)) return [];
  if (field.type === 'many2many')
    return (value as Ref[]).map((ref) => <Tag key={`${field.name}${ref.id}`} title={ref.title ?? ''} />);
  const inner =
    field.type === 'date' ? (
      <>
        <CalendarDays size={11} aria-label={field.label} />
        <Day value={String(value)} />
      </>
    ) : (
      <Value field={field} value={value} record={record} quiet />
    );
  return [
    <span key={field.name} className="tn-tag tn-card-chip" title={field.label}>
      {inner}
    </span>,
  ];
}

function Amount({ record, field }: { record: Rec; field: FieldInfo | undefined }): ReactNode {
  if (!field || unset(record[field.name]) || Number(record[field.name]) === 0) return null;
  return (
    <span className="tn-card-amount">
      {field.type === 'money' ? (
        <Money value={record[field.name]} field={field} record={record} />
      ) : (
        <Value field={field} value={record[field.name]} record={record} quiet />
      )}
    </span>
  );
}

interface FaceProps {
  record: Rec;
  data: CardData;
  fields: Fields;
  scope: Scope;
}

/** What is on the card; also on the one that follows the pointer. */
export function CardFace({ record, data, fields, scope }: FaceProps): ReactNode {
  const chips = data.chips.flatMap((name) => (fields[name] ? chipsOf(fields[name], record) : []));
  const subtitle = data.subtitle ? fields[data.subtitle] : undefined;
  const owner = data.avatar ? (record[data.avatar] as Ref | string | null) : null;
  const ownerName = typeof owner === 'string' ? owner : (owner?.title ?? '');
  const activity = data.activity ? record[data.activity] : null;
  const warm = data.edge ? matches(data.edge, record, scope) : false;
  return (
    <div className="tn-card-face" data-warm={warm || undefined}>
      <strong className="tn-card-title">{String(record[data.title] ?? '')}</strong>
      <div className="tn-card-line">
        <span className="tn-card-sub tn-cut">
          {subtitle && <Value field={subtitle} value={record[subtitle.name]} record={record} quiet />}
        </span>
        <Amount record={record} field={data.amount ? fields[data.amount] : undefined} />
      </div>
      {chips.length > 0 && <div className="tn-card-chips">{chips.slice(0, MOST_CHIPS)}</div>}
      {(data.activity || ownerName) && (
        <div className="tn-card-foot">
          {data.activity &&
            (activity ? (
              <span className="tn-card-next">
                <Clock size={12} aria-label={fields[data.activity]?.label} />
                <Day value={String(activity)} due />
              </span>
            ) : (
              <span className="tn-card-next tn-muted">No next step</span>
            ))}
          {ownerName && (
            <span title={ownerName} className="tn-card-owner">
              <Avatar title={ownerName} size={20} />
            </span>
          )}
        </div>
      )}
    </div>
  );
}

interface Props extends FaceProps {
  column: string;
  onOpen: (record: Rec, newTab?: boolean) => void;
}

function CardShell({ record, data, fields, scope, column, onOpen }: Props): ReactNode {
  const { attributes, listeners, setNodeRef, isDragging } = useDraggable({ id: record.id, data: { record, column } });
  const keyDown = listeners?.['onKeyDown'] as ((event: React.KeyboardEvent) => void) | undefined;
  return (
    <div
      ref={setNodeRef}
      className="tn-card"
      data-id={record.id}
      data-dragging={isDragging || undefined}
      {...attributes}
      {...listeners}
      aria-roledescription="card, Space picks it up"
      onClick={(event) => onOpen(record, event.metaKey || event.ctrlKey)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !isDragging) onOpen(record);
        else keyDown?.(event);
      }}
    >
      <CardFace record={record} data={data} fields={fields} scope={scope} />
    </div>
  );
}

export const Card = memo(CardShell);
