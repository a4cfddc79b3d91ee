/** Small marks: a related record as a chip, a tag, a state as a dot with its name. */
import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { Ref } from '../rpc/types';
import { formatPlace, navigate, recordPlace } from '../shell/location';
import { Avatar, hueOf } from './Avatar';
import type { Mark } from '../views/marks';
import { stepColor, TONE_COLOR, toneOf } from './tone';

/** The card is made when the pointer comes near: most chips are only read. */
const HoverChip = lazy(() => import('./HoverChip'));

export function Hidden(): ReactNode {
  return (
    <span className="tn-muted" title="You may not see this record">
      Not visible to you
    </span>
  );
}

interface ChipProps {
  value: Ref;
  model: string;
  mark?: Mark;
}

/** A related record: opens on click, shows a card when the pointer rests on it. */
export function RecordChip({ value, model, mark = null }: ChipProps): ReactNode {
  const [near, setNear] = useState(false);
  if (value.hidden || value.id === null) return <Hidden />;
  const { id } = value;
  const place = recordPlace(model, id);
  const open = (event: React.MouseEvent): void => {
    event.stopPropagation();
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    void navigate(place);
  };
  const chip = (
    <a
      className="tn-chip"
      data-plain={!mark || undefined}
      href={formatPlace(place)}
      onClick={open}
      onMouseEnter={() => setNear(true)}
      tabIndex={-1}
    >
      {mark && <Avatar title={value.title ?? ''} size={16} square={mark === 'organisation'} />}
      <span className="tn-cut">{value.title}</span>
    </a>
  );
  return near ? (
    <Suspense fallback={chip}>
      <HoverChip chip={chip} model={model} id={id} title={value.title ?? ''} />
    </Suspense>
  ) : (
    chip
  );
}

export function Tag({ title }: { title: string }): ReactNode {
  return (
    <span className="tn-tag" style={{ '--hue': hueOf(title) } as React.CSSProperties}>
      <span className="tn-cut">{title}</span>
    </span>
  );
}

/** Tags that fit, then how many more. */
export function Tags({ values, most = 2 }: { values: readonly Ref[]; most?: number }): ReactNode {
  const more = values.slice(most);
  return (
    <span className="tn-tags">
      {values.slice(0, most).map((value) => (
        <Tag key={value.id} title={value.title ?? ''} />
      ))}
      {more.length > 0 && (
        <span className="tn-tag" title={more.map((value) => value.title).join(', ')}>
          +{more.length}
        </span>
      )}
    </span>
  );
}

interface DotProps {
  label: string;
  name?: string;
  /** The place among its siblings: a colour where the name says nothing. */
  index?: number;
}

export function Dot({ label, name, index }: DotProps): ReactNode {
  const tone = toneOf(name, label);
  const color = tone ? TONE_COLOR[tone] : stepColor(index ?? hueOf(label));
  return (
    <span className="tn-dot">
      <i style={{ background: color }} aria-hidden />
      <span className="tn-cut">{label}</span>
    </span>
  );
}
