/** One line of text; an address becomes a link beside it. */
import { ExternalLink } from 'lucide-react';
import { useEffect, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { EditProps } from '../types';
import { linkKind } from '../Value';

const HREF: Record<string, (text: string) => string> = {
  email: (text) => `mailto:${text}`,
  phone: (text) => `tel:${text.replace(/[^\d+]/g, '')}`,
  url: (text) => (/^https?:/i.test(text) ? text : `https://${text}`),
};
const INPUT: Record<string, { type: string; inputMode: 'email' | 'tel' | 'url' }> = {
  email: { type: 'email', inputMode: 'email' },
  phone: { type: 'tel', inputMode: 'tel' },
  url: { type: 'text', inputMode: 'url' },
};

interface Typing {
  text: string;
  bind: {
    value: string;
    onChange: (event: { target: { value: string } }) => void;
    onBlur: () => void;
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
  };
}

/** Typed text: kept as a draft while typing, decided when the field is left, undone by Escape. */
export function useTyping({ value, onChange, onInput }: EditProps, multiline = false): Typing {
  const saved = typeof value === 'string' ? value : String(value ?? '');
  const [text, setText] = useState(saved);
  const [touched, setTouched] = useState(false);
  useEffect(() => {
    if (!touched) setText(saved);
  }, [saved, touched]);
  const decide = (): void => {
    if (!touched) return;
    setTouched(false);
    onChange(text);
  };
  return {
    text,
    bind: {
      value: text,
      onChange: (event) => {
        setTouched(true);
        setText(event.target.value);
        onInput(event.target.value);
      },
      onBlur: decide,
      onKeyDown: (event) => {
        if (event.key === 'Enter' && (!multiline || event.ctrlKey || event.metaKey)) decide();
        if (event.key === 'Escape' && touched) {
          event.stopPropagation();
          setTouched(false);
          setText(saved);
          onInput(undefined);
        }
      },
    },
  };
}

export function TextEdit(props: EditProps): ReactNode {
  const { text, bind } = useTyping(props);
  const secret = props.item.widget === 'password';
  const kind = secret ? null : linkKind(props.field, props.item);
  return (
    <span className="tn-input">
      <input
        id={props.id}
        {...bind}
        {...(kind ? INPUT[kind] : {})}
        {...(secret ? { type: 'password' } : {})}
        placeholder={props.item.placeholder ?? ''}
        autoComplete={secret ? 'new-password' : 'off'}
        spellCheck={!kind}
        autoFocus={props.autoFocus}
        aria-invalid={Boolean(props.invalid) || undefined}
        aria-describedby={props.describedBy}
        aria-label={props.label}
      />
      {kind && text && (
        <a
          className="tn-input-side"
          href={HREF[kind]?.(text)}
          aria-label={`Open ${text}`}
          {...(kind === 'url' ? { target: '_blank', rel: 'noreferrer' } : {})}
        >
          <ExternalLink size={13} aria-hidden />
        </a>
      )}
    </span>
  );
}

export function LongTextEdit(props: EditProps): ReactNode {
  const { bind } = useTyping(props, true);
  return (
    <span className="tn-input tn-input-long">
      <textarea
        id={props.id}
        {...bind}
        rows={3}
        placeholder={props.item.placeholder ?? 'Write something'}
        autoFocus={props.autoFocus}
        aria-invalid={Boolean(props.invalid) || undefined}
        aria-describedby={props.describedBy}
        aria-label={props.label}
      />
    </span>
  );
}
