/** A secret: whether it is set, a new one in its place, or none. What it is never comes to the browser. */
import { X } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { unset } from '../../domain/compare';
import { SecretState } from '../SecretState';
import type { EditProps } from '../types';

export function SecretEdit(props: EditProps): ReactNode {
  const { id, field, label, value, onChange, onInput } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const left = useRef(false);
  const set = !unset(value);
  useEffect(() => {
    if (typed === null && left.current) button.current?.focus();
    left.current = typed !== null;
  }, [typed]);
  const forget = (): void => {
    setTyped(null);
    onInput(undefined);
  };
  const decide = (): void => {
    if (typed) onChange(typed);
    else onInput(undefined);
    setTyped(null);
  };
  const shared = { id, 'aria-label': label, 'aria-describedby': props.describedBy, autoComplete: 'off' };
  if (typed !== null)
    return (
      <span className="tn-input">
        <input
          {...shared}
          type="password"
          autoComplete="new-password"
          value={typed}
          placeholder="The new value"
          autoFocus
          onChange={(event) => {
            setTyped(event.target.value);
            onInput(true);
          }}
          onBlur={decide}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              // Else the key would press the button that takes the input's place.
              event.preventDefault();
              decide();
            }
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            forget();
          }}
        />
      </span>
    );
  return (
    <span className="tn-input tn-input-text tn-secret">
      <SecretState set={set} />
      <span className="tn-file-acts">
        <button
          ref={button}
          id={id}
          type="button"
          className="tn-btn"
          data-kind="quiet"
          autoFocus={props.autoFocus}
          aria-describedby={props.describedBy}
          aria-label={`${set ? 'Replace' : 'Enter'} ${label}`}
          onClick={() => setTyped('')}
        >
          {set ? 'Replace' : 'Enter'}
        </button>
        {set && !field.required && (
          <button
            type="button"
            className="tn-icon-btn"
            aria-label={`Clear ${label}`}
            title="Clear"
            onClick={() => onChange(null)}
          >
            <X size={14} aria-hidden />
          </button>
        )}
      </span>
    </span>
  );
}
