/** A day, or a day with a time: typed in words or digits, or chosen in the calendar. */
import { Popover } from '@mantine/core';
import { CalendarDays } from 'lucide-react';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { todayIn } from '../../domain';
import { useBoot } from '../../rpc/boot';
import { exactDay, formDay, parseDay } from '../format';
import type { EditProps } from '../types';
import { isDue } from '../Value';
import { momentOf, wallOf } from './zone';

const Calendar = lazy(() => import('./Calendar'));

interface DayProps {
  props: EditProps;
  day: string;
  onDay: (day: string | null) => void;
}

function DayInput({ props, day, onDay }: DayProps): ReactNode {
  const { user } = useBoot();
  const today = todayIn(user.tz);
  const locale = { language: user.language };
  const [text, setText] = useState<string | null>(null);
  const [wrong, setWrong] = useState(false);
  const [open, setOpen] = useState(false);
  const decide = (): void => {
    setOpen(false);
    if (text === null) return;
    const parsed = text.trim() === '' ? null : parseDay(text, today);
    if (text.trim() !== '' && parsed === null) return setWrong(true);
    setText(null);
    if (parsed !== (day || null)) onDay(parsed);
  };
  const choose = (chosen: string | null): void => {
    setText(null);
    setWrong(false);
    setOpen(false);
    if (chosen !== (day || null)) onDay(chosen);
  };
  const state =
    isDue(props.field, props.item, props.record) && day
      ? day < today
        ? 'late'
        : day === today
          ? 'today'
          : undefined
      : undefined;
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" trapFocus={false} withRoles={false} withinPortal>
      <Popover.Target>
        <span className="tn-input">
          <input
            id={props.id}
            className="tn-day"
            data-state={state}
            value={text ?? (day ? formDay(day, locale) : '')}
            autoComplete="off"
            autoFocus={props.autoFocus}
            title={day ? exactDay(day, locale) : undefined}
            placeholder={props.item.placeholder ?? ''}
            aria-label={props.label}
            aria-invalid={wrong || Boolean(props.invalid) || undefined}
            aria-describedby={wrong ? `${props.id}-wrong` : props.describedBy}
            onClick={() => setOpen(true)}
            onFocus={(event) => event.target.select()}
            onBlur={decide}
            onChange={(event) => {
              setText(event.target.value);
              setWrong(false);
              props.onInput(event.target.value);
            }}
            onKeyDown={(event) => {
              if (event.key === 'Enter') decide();
              if (event.key === 'ArrowDown') setOpen(true);
              if (event.key === 'Escape') {
                if (open || text !== null) event.stopPropagation();
                setText(null);
                setWrong(false);
                setOpen(false);
                props.onInput(undefined);
              }
            }}
          />
          <CalendarDays size={13} className="tn-input-caret" aria-hidden />
          {wrong && (
            <span id={`${props.id}-wrong`} className="tn-error" role="alert">
              Try “tomorrow”, “+3” or 2026-03-14.
            </span>
          )}
        </span>
      </Popover.Target>
      <Popover.Dropdown p={8} onMouseDown={(event) => event.preventDefault()}>
        <Suspense fallback={<div style={{ width: 252, height: 280 }} />}>
          <Calendar day={day} today={today} clearable={!props.field.required && Boolean(day)} onChoose={choose} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}

export function DateEdit(props: EditProps): ReactNode {
  return (
    <DayInput
      props={props}
      day={typeof props.value === 'string' ? props.value.slice(0, 10) : ''}
      onDay={props.onChange}
    />
  );
}

export function DatetimeEdit(props: EditProps): ReactNode {
  const { user } = useBoot();
  const zone = user.tz || undefined;
  const wall = typeof props.value === 'string' && props.value ? wallOf(props.value, zone) : null;
  const set = (day: string | null, time: string): void =>
    props.onChange(day ? momentOf({ day, time: time || '09:00' }, zone) : null);
  return (
    <span className="tn-input-pair">
      <DayInput props={props} day={wall?.day ?? ''} onDay={(day) => set(day, wall?.time ?? '09:00')} />
      {wall && (
        <span className="tn-input tn-input-time">
          <input
            type="time"
            aria-label={`${props.label}, time`}
            defaultValue={wall.time}
            key={wall.time}
            onBlur={(event) =>
              event.target.value && event.target.value !== wall.time && set(wall.day, event.target.value)
            }
          />
        </span>
      )}
    </span>
  );
}
