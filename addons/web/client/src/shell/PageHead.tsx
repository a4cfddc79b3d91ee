/** The one toolbar: breadcrumb, what the page puts in the middle, view switcher, the primary action at the right. */
import { Tooltip } from '@mantine/core';
import {
  ArrowLeft,
  CalendarDays,
  ChevronRight,
  List,
  Menu as MenuIcon,
  Plus,
  SquareKanban,
  type LucideIcon,
} from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import { useEntry } from '../registry/registry';
import { formatPlace, navigate, setParams, type Place } from './location';
import { showPanel } from './panels';
import { useTrail } from './trail';
import './page.css';

const KINDS: Record<string, [string, LucideIcon]> = {
  list: ['List', List],
  board: ['Board', SquareKanban],
  calendar: ['Calendar', CalendarDays],
};

function go(place: Place): (event: React.MouseEvent) => void {
  return (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    void navigate(place);
  };
}

/** The trail; `title` names the last step while the page knows better than the trail does. */
function Breadcrumb({ title }: { title?: string }): ReactNode {
  const trail = useTrail();
  const steps = trail.map((step, at) => (at === trail.length - 1 && title ? { ...step, title } : step));
  const last = steps.at(-1);
  const before = steps.at(-2);
  return (
    <nav className="tn-crumbs" aria-label="Breadcrumb">
      {before && (
        <a
          className="tn-icon-btn tn-crumb-back"
          href={formatPlace(before.place)}
          onClick={go(before.place)}
          aria-label={`Back to ${before.title}`}
        >
          <ArrowLeft size={18} aria-hidden />
        </a>
      )}
      {steps.slice(0, -1).map((step) => (
        <Fragment key={formatPlace(step.place)}>
          <a className="tn-crumb tn-cut" href={formatPlace(step.place)} onClick={go(step.place)}>
            {step.title || '…'}
          </a>
          <ChevronRight size={13} className="tn-crumb-sep" aria-hidden />
        </Fragment>
      ))}
      <h1 className="tn-crumb tn-cut" aria-current="page" title={last?.title}>
        {last?.title || '…'}
      </h1>
    </nav>
  );
}

function ViewButton({ kind, current }: { kind: string; current: string }): ReactNode {
  const added = useEntry<{ label: string }>('views', kind);
  const [label, Shape] = KINDS[kind] ?? [added?.label ?? kind, List];
  return (
    <Tooltip label={label}>
      <button
        type="button"
        role="radio"
        aria-checked={kind === current}
        aria-label={label}
        onClick={() => setParams({ view: kind })}
      >
        <Shape size={15} strokeWidth={1.75} aria-hidden />
      </button>
    </Tooltip>
  );
}

export function ViewSwitch({ kinds, current }: { kinds: string[]; current: string }): ReactNode {
  if (kinds.length < 2) return null;
  return (
    <div className="tn-switch" role="radiogroup" aria-label="View">
      {kinds.map((kind) => (
        <ViewButton key={kind} kind={kind} current={current} />
      ))}
    </div>
  );
}

/** The primary action of a page that shows several records. */
export function NewButton({ onPress }: { onPress: () => void }): ReactNode {
  return (
    <button type="button" className="tn-btn tn-primary" data-kind="primary" onClick={onPress}>
      <Plus size={15} aria-hidden />
      <span>New</span>
    </button>
  );
}

interface Props {
  title?: string;
  /** Directly after the breadcrumb, such as the state of saving. */
  note?: ReactNode;
  middle?: ReactNode;
  children?: ReactNode;
}

export function PageHead({ title, note, middle, children }: Props): ReactNode {
  return (
    <header className="tn-head">
      <button type="button" className="tn-icon-btn tn-head-menu" aria-label="Menu" onClick={() => showPanel('drawer')}>
        <MenuIcon size={18} aria-hidden />
      </button>
      <Breadcrumb title={title} />
      {note}
      <div className="tn-head-middle">{middle}</div>
      {children && <div className="tn-head-end">{children}</div>}
    </header>
  );
}
