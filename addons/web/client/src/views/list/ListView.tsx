/** The list: any number of records, sorted, searched, grouped, selected. */
import { useMediaQuery } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Plus } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useScope } from '../../rpc/boot';
import { searchRead } from '../../rpc/records';
import type { Rec } from '../../rpc/types';
import { SearchBar } from '../../search/SearchBar';
import { groupPaths, readSearch, searchDomain } from '../../search/state';
import { Problem, type ViewProps } from '../../shell/ActionPage';
import { say } from '../../shell/feedback';
import { formatPlace, navigate, recordPlace, usePlace } from '../../shell/location';
import { PageHead, ViewSwitch } from '../../shell/PageHead';
import { preferences, ROW_HEIGHT } from '../../shell/preferences';
import { PHONE } from '../../shell/screen';
import { neighbours } from '../../shell/trail';
import { Empty } from '../Empty';
import { markOf } from '../marks';
import { listSpec } from '../spec';
import { useRemove } from '../useRemove';
import { columnsOf, decorations as decorationsOf, leastWidth, template } from './columns';
import type { Entries } from './entries';
import { Foot, GroupLine, Head, MoreLine, SelectionBar } from './Lines';
import { PhoneRow } from './PhoneRow';
import { Row, type RowActions } from './Row';
import { useFlat } from './useFlat';
import { useTotals } from './useTotals';
import { useGrouped } from './useGrouped';
import { useListKeys } from './useListKeys';
import { useSelection } from './useSelection';
import './list.css';

const PHONE_ROW = 60;
const MOST_SELECTED = 1000;

function loadedRecords(entries: Entries): Rec[] {
  const records: Rec[] = [];
  for (let at = 0; at < Math.min(entries.count, 2000); at += 1) {
    const entry = entries.at(at);
    if (entry.kind === 'record' && entry.record) records.push(entry.record);
  }
  return records;
}
const loadedIds = (entries: Entries): number[] => loadedRecords(entries).map((record) => record.id);

/** What the list shows: the search as domain, order, groups, and the lines that come of it. */
function useLines({ action, views }: ViewProps) {
  const { params } = usePlace();
  const search = useMemo(() => readSearch(params, action, views.search), [params, action, views]);
  const domain = useMemo(() => searchDomain(search, action, views.search, views.fields), [search, action, views]);
  const spec = useMemo(() => listSpec(views), [views]);
  const order = search.order || views.list.order;
  const paths = groupPaths(search, views.search);
  const sums = useMemo(() => views.list.columns.filter((column) => column.sum).map((column) => column.name), [views]);
  const source = { model: action.model, spec, domain, order };
  const flat = useFlat(source, paths.length === 0);
  const grouped = useGrouped({ source, paths: paths.slice(0, 2), sums, fields: views.fields });
  const totals = useTotals(views, domain, sums);
  return { search, domain, order, entries: paths.length ? grouped : flat, sums: totals };
}

export default function ListView(props: ViewProps): ReactNode {
  const { action, views, kinds } = props;
  const { search, domain, order, entries, sums } = useLines(props);
  const scope = useScope(views.fields);
  const phone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false }) ?? false;
  const { density } = preferences.use();
  const height = phone ? PHONE_ROW : ROW_HEIGHT[density];
  const [firstPage, setFirstPage] = useState<readonly Rec[]>([]);
  const columns = useMemo(() => columnsOf(views, firstPage), [views, firstPage]);
  const decorations = useMemo(() => decorationsOf(views.list), [views]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: entries.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
  });
  const selection = useSelection(entries);
  const removeRecords = useRemove(action.model);
  const lines = virtual.getVirtualItems();
  const [first, last] = [lines[0]?.index ?? 0, lines.at(-1)?.index ?? 0];
  const { onRange } = entries;
  useEffect(() => void onRange(first, last), [onRange, first, last]);
  const loaded = firstPage.length > 0 || entries.busy ? [] : loadedRecords(entries);
  useEffect(() => {
    if (loaded.length) setFirstPage(loaded);
  });
  useEffect(() => void virtual.measure(), [virtual, height]);
  useEffect(() => void selection.clear(), [domain, selection.clear]);
  useEffect(() => {
    if (entries.total !== null) say(`${entries.total} records`);
  }, [entries.total]);

  const create = views.access.create ? (): void => void navigate(recordPlace(action.id, 'new')) : undefined;
  const open = (record: Rec, newTab = false): void => {
    const place = recordPlace(action.id, record.id);
    if (newTab) return void window.open(formatPlace(place), '_blank', 'noopener');
    neighbours.set({ model: action.model, ids: loadedIds(entries) });
    void navigate(place);
  };
  const remove = (ids: number[]): void => void removeRecords(ids).then((done) => done && selection.clear());
  const actions: RowActions = {
    open,
    select: selection.toggle,
    remove: views.access.delete ? (record) => remove([record.id]) : undefined,
  };
  const stable = useRef(actions);
  stable.current = actions;
  const fixed = useMemo<RowActions>(
    () => ({
      open: (record, newTab) => stable.current.open(record, newTab),
      select: (index, through) => stable.current.select(index, through),
      remove: views.access.delete ? (record) => stable.current.remove?.(record) : undefined,
    }),
    [views],
  );
  const onKeyDown = useListKeys({
    entries,
    selection,
    open,
    create,
    scrollTo: (index) => virtual.scrollToIndex(index),
    remove: views.access.delete && selection.ids.size ? () => remove([...selection.ids]) : undefined,
  });
  const selectAll = async (): Promise<void> => {
    const page = await searchRead(action.model, { domain, spec: {}, limit: MOST_SELECTED, offset: 0 });
    selection.set(page.records.map((record) => record.id));
  };

  const grid = { gridTemplateColumns: template(columns) };
  const wide = phone ? undefined : leastWidth(columns);
  const ticked = selection.ids.size === 0 ? false : selection.ids.size >= (entries.total ?? Infinity) ? true : 'some';
  const grouped = search.groups.length > 0;
  const searched = search.words.length > 0 || search.filters.length > 0;
  return (
    <div className="tn-page">
      <PageHead middle={<SearchBar state={search} data={views.search} fields={views.fields} groupable />}>
        <ViewSwitch kinds={kinds} current="list" />
        {create && (
          <button type="button" className="tn-btn tn-primary" data-kind="primary" onClick={create}>
            <Plus size={15} aria-hidden />
            <span>New</span>
          </button>
        )}
      </PageHead>
      {entries.error && entries.count === 0 ? <Problem error={entries.error} retry={entries.retry} /> : null}
      {!entries.error && !entries.busy && entries.count === 0 ? (
        <Empty action={action} searched={searched} onCreate={create} />
      ) : (
        <div
          ref={scroller}
          className="tn-list"
          data-phone={phone || undefined}
          data-density={density}
          role={grouped ? 'treegrid' : 'grid'}
          aria-label={action.title}
          tabIndex={0}
          aria-rowcount={(entries.total ?? -1) + 1}
          aria-multiselectable
          aria-busy={entries.busy}
          onKeyDown={onKeyDown}
          aria-activedescendant={selection.active >= 0 ? `row-${selection.active}` : undefined}
        >
          <div className="tn-list-inner" style={{ minWidth: wide }}>
            {!phone && (
              <Head
                columns={columns}
                order={order}
                ticked={ticked}
                style={grid}
                onTick={() => (ticked ? selection.clear() : selection.set(loadedIds(entries)))}
              />
            )}
            {entries.busy &&
              Array.from({ length: 14 }, (_, at) =>
                phone ? (
                  <div key={at} className="tn-phone-row" style={{ position: 'relative', height }}>
                    <span className="tn-bone" style={{ width: `${70 - ((at * 17) % 35)}%` }} />
                  </div>
                ) : (
                  <Row
                    key={at}
                    record={undefined}
                    index={at}
                    columns={columns}
                    decorations={decorations}
                    scope={scope}
                    mark={null}
                    selected={false}
                    active={false}
                    depth={0}
                    actions={fixed}
                    style={{ ...grid, position: 'relative', height }}
                  />
                ),
              )}
            <div className="tn-list-body" style={{ height: virtual.getTotalSize() }}>
              {lines.map((line) => {
                const entry = entries.at(line.index);
                const style = { ...grid, height, transform: `translateY(${line.start}px)` };
                if (entry.kind === 'group')
                  return (
                    <GroupLine
                      key={entry.key}
                      entry={entry}
                      columns={columns}
                      phone={phone}
                      style={style}
                      onToggle={() => entries.toggle(entry.key)}
                    />
                  );
                if (entry.kind === 'more') return <MoreLine key={entry.key} entry={entry} style={style} />;
                const Line = phone ? PhoneRow : Row;
                return (
                  <Line
                    key={entry.key}
                    record={entry.record}
                    index={line.index}
                    columns={columns}
                    decorations={decorations}
                    scope={scope}
                    mark={markOf(action.model)}
                    selected={entry.record ? selection.ids.has(entry.record.id) : false}
                    active={selection.active === line.index}
                    depth={entry.depth}
                    actions={fixed}
                    style={style}
                  />
                );
              })}
            </div>
            <Foot columns={columns} total={entries.total} sums={sums} style={grid} phone={phone} />
          </div>
        </div>
      )}
      <SelectionBar
        count={selection.ids.size}
        total={entries.total}
        onAll={() => void selectAll()}
        onClear={selection.clear}
        onDelete={views.access.delete ? () => remove([...selection.ids]) : undefined}
      />
    </div>
  );
}
