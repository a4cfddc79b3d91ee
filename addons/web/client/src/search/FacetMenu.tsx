/** The filters and groups that the search view offers, each with a tick when it is on. */
import { Check, Filter as FilterIcon, Layers } from 'lucide-react';
import type { ReactNode } from 'react';
import type { SearchData } from '../views/data';
import type { SearchState } from './state';

interface Props {
  state: SearchState;
  data: SearchData;
  groupable: boolean;
  onChange: (part: Partial<SearchState>) => void;
}

const toggled = (list: readonly string[], id: string): string[] =>
  list.includes(id) ? list.filter((each) => each !== id) : [...list, id];

interface ColumnProps {
  title: string;
  mark: ReactNode;
  entries: readonly { id: string; label: string }[];
  active: readonly string[];
  onToggle: (id: string) => void;
}

function Column({ title, mark, entries, active, onToggle }: ColumnProps): ReactNode {
  if (entries.length === 0) return null;
  return (
    <div role="group" aria-label={title}>
      <div className="tn-search-heading">
        {mark}
        {title}
      </div>
      {entries.map((entry) => (
        <button
          key={entry.id}
          type="button"
          role="menuitemcheckbox"
          className="tn-search-row"
          aria-checked={active.includes(entry.id)}
          onClick={() => onToggle(entry.id)}
        >
          <span className="tn-cut">{entry.label}</span>
          {active.includes(entry.id) && <Check size={14} aria-hidden />}
        </button>
      ))}
    </div>
  );
}

export function FacetMenu({ state, data, groupable, onChange }: Props): ReactNode {
  const groups = groupable ? data.groups : [];
  if (data.filters.length + groups.length === 0) return <p className="tn-search-hint">Type to search.</p>;
  return (
    <div className="tn-search-columns">
      <Column
        title="Filter"
        mark={<FilterIcon size={12} aria-hidden />}
        entries={data.filters}
        active={state.filters}
        onToggle={(id) => onChange({ filters: toggled(state.filters, id) })}
      />
      <Column
        title="Group by"
        mark={<Layers size={12} aria-hidden />}
        entries={groups}
        active={state.groups}
        onToggle={(id) => onChange({ groups: toggled(state.groups, id) })}
      />
    </div>
  );
}
