/** What stands in the page's head: back and forth in time, whose columns are shown, day or week. */
import { Menu, Tooltip } from '@mantine/core';
import { Check, ChevronDown, ChevronLeft, ChevronRight, Columns3 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useBoot } from '../../rpc/boot';
import type { Id, Ref } from '../../rpc/types';
import type { Scale } from './data';
import { daysText } from './words';

interface NavProps {
  days: readonly string[];
  today: string;
  onStep: (step: number) => void;
  onToday: () => void;
}

export function DateNav({ days, today, onStep, onToday }: NavProps): ReactNode {
  const { user } = useBoot();
  const unit = days.length > 1 ? 'week' : 'day';
  return (
    <div className="tn-cal-nav">
      <button
        type="button"
        className="tn-btn"
        data-kind={days.includes(today) ? 'quiet' : undefined}
        onClick={onToday}
        title="T"
      >
        Today
      </button>
      <Tooltip label={`${unit === 'day' ? 'Day' : 'Week'} before (←)`}>
        <button type="button" className="tn-icon-btn" aria-label={`The ${unit} before`} onClick={() => onStep(-1)}>
          <ChevronLeft size={16} aria-hidden />
        </button>
      </Tooltip>
      <Tooltip label={`Next ${unit} (→)`}>
        <button type="button" className="tn-icon-btn" aria-label={`The next ${unit}`} onClick={() => onStep(1)}>
          <ChevronRight size={16} aria-hidden />
        </button>
      </Tooltip>
      <strong className="tn-cal-date" aria-live="polite">
        {daysText(days, user.language)}
      </strong>
    </div>
  );
}

interface WhoProps {
  resources: readonly Ref[];
  /** Null: all of them. */
  chosen: ReadonlySet<Id> | null;
  label: string;
  onChoose: (ids: Id[] | null) => void;
}

/** Which resources have a column: a click takes one alone, the check mark adds or takes away. */
export function WhoMenu({ resources, chosen, label, onChoose }: WhoProps): ReactNode {
  if (resources.length < 2) return null;
  const all = resources.flatMap((each) => (each.id === null ? [] : [each.id]));
  const [only] = chosen?.size === 1 ? [...chosen] : [];
  const text =
    only !== undefined
      ? (resources.find((each) => each.id === only)?.title ?? '')
      : chosen
        ? `${chosen.size} of ${all.length}`
        : 'All';
  const toggle = (id: Id): void => {
    const next = all.filter((each) => (each === id ? !(chosen?.has(each) ?? true) : (chosen?.has(each) ?? true)));
    onChoose(next.length === 0 || next.length === all.length ? null : next);
  };
  return (
    <Menu position="bottom-end" width={240} closeOnItemClick={false}>
      <Menu.Target>
        <button
          type="button"
          className="tn-btn tn-cal-who"
          data-on={chosen ? true : undefined}
          aria-label={`${label}: ${text}`}
          title={label}
        >
          <Columns3 size={14} aria-hidden />
          <span className="tn-cut">{text}</span>
          <ChevronDown size={14} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown className="tn-cal-who-list">
        <Menu.Item
          closeMenuOnClick
          leftSection={<Check size={14} style={{ opacity: chosen ? 0 : 1 }} />}
          onClick={() => onChoose(null)}
        >
          All
        </Menu.Item>
        <Menu.Divider />
        {resources.map(
          (each) =>
            each.id !== null && (
              <Menu.Item
                key={each.id}
                role="menuitemcheckbox"
                aria-checked={chosen?.has(each.id) ?? true}
                onClick={() => toggle(each.id as Id)}
                leftSection={<Check size={14} style={{ opacity: (chosen?.has(each.id) ?? true) ? 1 : 0 }} />}
                rightSection={
                  <span
                    className="tn-cal-only"
                    onClick={(event) => {
                      event.stopPropagation();
                      onChoose([each.id as Id]);
                    }}
                  >
                    Only
                  </span>
                }
              >
                <span className="tn-cut">{each.title}</span>
              </Menu.Item>
            ),
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

const NAMES: Record<Scale, string> = { day: 'Day', week: 'Week' };

export function ScaleSwitch({
  scales,
  scale,
  onScale,
}: {
  scales: readonly Scale[];
  scale: Scale;
  onScale: (scale: Scale) => void;
}): ReactNode {
  if (scales.length < 2) return null;
  return (
    <div className="tn-switch tn-cal-scales" role="radiogroup" aria-label="Days shown">
      {scales.map((each) => (
        <button key={each} type="button" role="radio" aria-checked={each === scale} onClick={() => onScale(each)}>
          {NAMES[each]}
        </button>
      ))}
    </div>
  );
}
