/** A number or an amount: formatted to be read, plain while it is typed. */
import { useState, type ReactNode } from 'react';
import { useBoot } from '../../rpc/boot';
import { currencyOf } from '../currency';
import { durationText, parseDuration } from '../duration';
import { formatMoney, formatNumber, parseNumber, toNumber } from '../format';
import type { EditProps } from '../types';

/** The value in the field's own type: whole numbers and floats are JSON numbers, decimals are text. */
function typed(text: string | null, type: string): unknown {
  if (text === null) return null;
  if (type === 'integer' || type === 'duration') return Math.round(Number(text));
  return type === 'float' ? Number(text) : text;
}

const parsed = (text: string, type: string): string | null =>
  type === 'duration' ? (parseDuration(text)?.toString() ?? null) : parseNumber(text);

function useShown({ value, field, record, item }: EditProps): { text: string; before: string; after: string } {
  const boot = useBoot();
  const { language } = boot.user;
  if (field.type === 'money') {
    const { before, digits, after } = formatMoney(value ?? 0, currencyOf(boot, field, record), language);
    return { text: toNumber(value) === null ? '' : digits, before: before.trim(), after: after.trim() };
  }
  if (field.type === 'duration') return { text: durationText(value), before: '', after: '' };
  const text = formatNumber(value, language, field.type === 'decimal' ? field.digits?.[1] : undefined);
  return { text, before: '', after: item.widget === 'percent' ? '%' : '' };
}

export function NumberEdit(props: EditProps): ReactNode {
  const { value, field, onChange, onInput } = props;
  const [typing, setTyping] = useState<string | null>(null);
  const [wrong, setWrong] = useState(false);
  const shown = useShown(props);
  const decide = (): void => {
    if (typing === null) return;
    const read = typing.trim() === '' ? null : parsed(typing, field.type);
    if (typing.trim() !== '' && read === null) return setWrong(true);
    setTyping(null);
    const empty = field.nullable ? null : typed('0', field.type);
    if (read === null || Number(read) !== toNumber(value)) onChange(read === null ? empty : typed(read, field.type));
  };
  const describedBy = wrong ? `${props.id}-wrong` : props.describedBy;
  return (
    <>
      <span className="tn-input">
        {shown.before && <span className="tn-input-unit">{shown.before}</span>}
        <input
          id={props.id}
          className="tn-input-number"
          inputMode="decimal"
          value={typing ?? shown.text}
          placeholder={props.item.placeholder ?? ''}
          autoComplete="off"
          autoFocus={props.autoFocus}
          aria-invalid={wrong || Boolean(props.invalid) || undefined}
          aria-describedby={describedBy}
          aria-label={props.label}
          onFocus={(event) => event.target.select()}
          onClick={(event) => {
            if (typing === null) event.currentTarget.select();
          }}
          onChange={(event) => {
            setTyping(event.target.value);
            setWrong(false);
            onInput(event.target.value);
          }}
          onBlur={decide}
          onKeyDown={(event) => {
            if (event.key === 'Enter') decide();
            if (event.key === 'Escape') {
              setTyping(null);
              setWrong(false);
              onInput(undefined);
              event.currentTarget.blur();
            }
          }}
        />
        {shown.after && <span className="tn-input-unit">{shown.after}</span>}
      </span>
      {wrong && (
        <span id={`${props.id}-wrong`} className="tn-error" role="alert">
          {field.type === 'duration' ? 'Try “1 h 30 min”, “1:30” or “90” for minutes.' : 'This is not a number.'}
        </span>
      )}
    </>
  );
}
