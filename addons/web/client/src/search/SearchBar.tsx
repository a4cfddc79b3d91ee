/** One field for words, filters and groups; what is active stands in it as facets. */
import { Popover } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Filter as FilterIcon, Layers, Search, X } from 'lucide-react';
import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { Fields } from '../rpc/types';
import { PHONE } from '../shell/screen';
import { setParams } from '../shell/location';
import { useShortcuts } from '../shell/shortcuts';
import type { SearchData } from '../views/data';
import { FacetMenu } from './FacetMenu';
import { searchParams, type SearchState, type Words } from './state';
import './search.css';

interface Props {
  state: SearchState;
  data: SearchData;
  fields: Fields;
  /** Boards have no groups of their own. */
  groupable?: boolean;
}
interface Facet {
  key: string;
  kind: 'filter' | 'group' | 'words';
  label: string;
  without: Partial<SearchState>;
}

const change = (part: Partial<SearchState>): void => setParams(searchParams(part));

function facetsOf({ state, data, fields, groupable }: Props): Facet[] {
  const label = (list: { id: string; label: string }[], id: string): string =>
    list.find((each) => each.id === id)?.label ?? id;
  return [
    ...state.filters.map((id): Facet => ({
      key: `f${id}`,
      kind: 'filter',
      label: label(data.filters, id),
      without: { filters: state.filters.filter((each) => each !== id) },
    })),
    ...(groupable ? state.groups : []).map((id): Facet => ({
      key: `g${id}`,
      kind: 'group',
      label: label(data.groups, id),
      without: { groups: state.groups.filter((each) => each !== id) },
    })),
    ...state.words.map((words, at): Facet => ({
      key: `q${at}`,
      kind: 'words',
      label: words.field ? `${fields[words.field]?.label ?? words.field}: ${words.text}` : words.text,
      without: { words: state.words.filter((_, index) => index !== at) },
    })),
  ];
}

const MARKS = { filter: FilterIcon, group: Layers, words: Search };

function FacetChip({ facet }: { facet: Facet }): ReactNode {
  const Mark = MARKS[facet.kind];
  return (
    <span className="tn-facet" data-kind={facet.kind}>
      <Mark size={11} aria-hidden />
      <span className="tn-cut">{facet.label}</span>
      <button type="button" aria-label={`Remove ${facet.label}`} onClick={() => change(facet.without)}>
        <X size={11} aria-hidden />
      </button>
    </span>
  );
}

/** One choice per search field for the typed text, after "everywhere". */
function suggestions(text: string, { data, fields }: Props): { words: Words; label: string }[] {
  const typed = text.trim();
  if (!typed) return [];
  return [
    { words: { field: null, text: typed }, label: 'Everywhere' },
    ...(data.fields.length > 1 ? data.fields : []).map((field) => ({
      words: { field, text: typed },
      label: fields[field]?.label ?? field,
    })),
  ];
}

function SearchField(props: Props & { onDone?: () => void }): ReactNode {
  const { state, onDone } = props;
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const list = useId();
  const facets = facetsOf(props);
  const found = suggestions(text, props);
  useShortcuts([{ keys: '/', label: 'Search this page', group: 'This page', run: () => input.current?.focus() }]);
  const add = (words: Words): void => {
    change({ words: [...state.words, words] });
    setText('');
    setAt(0);
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = found[at];
    if (step && found.length) {
      event.preventDefault();
      setAt((at + step + found.length) % found.length);
    } else if (event.key === 'Enter' && chosen) add(chosen.words);
    else if (event.key === 'Backspace' && !text && facets.length) change(facets.at(-1)?.without ?? {});
    else if (event.key === 'Escape') {
      if (open) event.stopPropagation();
      setOpen(false);
      if (!text) input.current?.blur();
      setText('');
      onDone?.();
    } else return;
    if (event.key === 'Enter') event.preventDefault();
  };
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-start"
      width="target"
      trapFocus={false}
      withRoles={false}
      shadow="md"
      withinPortal
    >
      <Popover.Target>
        <div className="tn-search" onClick={() => input.current?.focus()}>
          <Search size={14} aria-hidden />
          {facets.map((facet) => (
            <FacetChip key={facet.key} facet={facet} />
          ))}
          <input
            ref={input}
            value={text}
            placeholder={facets.length ? '' : 'Search and filter'}
            aria-label="Search and filter"
            role="combobox"
            aria-expanded={open}
            aria-controls={list}
            autoComplete="off"
            autoFocus={Boolean(onDone)}
            onChange={(event) => {
              setText(event.target.value);
              setAt(0);
              setOpen(true);
            }}
            onFocus={() => setOpen(true)}
            onClick={() => setOpen(true)}
            onKeyDown={onKey}
          />
        </div>
      </Popover.Target>
      <Popover.Dropdown p={0} onMouseDown={(event) => event.preventDefault()}>
        <div id={list} className="tn-search-menu">
          {found.length > 0 ? (
            found.map((each, index) => (
              <button
                key={each.label}
                type="button"
                className="tn-search-row"
                data-chosen={index === at || undefined}
                onClick={() => add(each.words)}
              >
                <Search size={13} aria-hidden />
                <span className="tn-muted">{each.label}:</span> <span className="tn-cut">{each.words.text}</span>
              </button>
            ))
          ) : (
            <FacetMenu state={state} data={props.data} groupable={props.groupable ?? false} onChange={change} />
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

/** On a phone the field is a button until it is needed, then a row of its own. */
export function SearchBar(props: Props): ReactNode {
  const phone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false });
  const [shown, show] = useState(false);
  if (!phone) return <SearchField {...props} />;
  const active = facetsOf(props).length;
  return (
    <>
      <button
        type="button"
        className="tn-icon-btn tn-search-open"
        aria-label="Search and filter"
        aria-expanded={shown}
        onClick={() => show(!shown)}
      >
        <Search size={18} aria-hidden />
        {active > 0 && <i aria-label={`${active} active`}>{active}</i>}
      </button>
      {shown && (
        <div className="tn-search-row-phone">
          <SearchField {...props} onDone={() => show(false)} />
        </div>
      )}
    </>
  );
}
