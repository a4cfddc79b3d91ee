/** From and to: two days, of which the last belongs to the range, or two moments. An end may be left open. */
import { useState, type ReactNode } from 'react';
import { rangeOf, shownEnds, wrongEnds, type Ends } from '../ranges';
import type { EditProps } from '../types';
import { DateEdit, DatetimeEdit } from './DateEdit';

export default function RangeEdit(props: EditProps): ReactNode {
  const { field, id, label, value, onChange, onInput } = props;
  const [kept, keep] = useState<Ends | null>(null);
  const ends = kept ?? shownEnds(value, field.type);
  const wrong = wrongEnds(ends, field.type);
  const Edit = field.type === 'daterange' ? DateEdit : DatetimeEdit;
  const take = (next: Ends): void => {
    const bad = wrongEnds(next, field.type) !== '';
    keep(bad ? next : null);
    if (bad) onInput(next);
    else onChange(rangeOf(next, field.type));
  };
  const plain = { ...field, required: false };
  const describedBy = wrong ? `${id}-order` : props.describedBy;
  return (
    <>
      <span className="tn-range" data-moments={field.type === 'datetimerange' || undefined}>
        <Edit
          {...props}
          field={plain}
          describedBy={describedBy}
          label={`${label}, from`}
          item={{ ...props.item, placeholder: 'From' }}
          value={ends[0]}
          onChange={(from) => take([(from as string | null) ?? null, ends[1]])}
        />
        <span className="tn-muted" aria-hidden>
          –
        </span>
        <Edit
          {...props}
          id={`${id}-to`}
          autoFocus={false}
          field={plain}
          describedBy={describedBy}
          label={`${label}, to`}
          item={{ ...props.item, placeholder: 'To' }}
          value={ends[1]}
          onChange={(to) => take([ends[0], (to as string | null) ?? null])}
        />
      </span>
      {wrong && (
        <span id={`${id}-order`} className="tn-error" role="alert">
          {wrong}
        </span>
      )}
    </>
  );
}
