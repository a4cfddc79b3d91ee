/** The scrolling part of a list: heads, the lines in sight, the sums. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useScope } from '../../rpc/boot';
import type { Rec } from '../../rpc/types';
import type { ViewProps } from '../../shell/ActionPage';
import { preferences, ROW_HEIGHT } from '../../shell/preferences';
import { markOf } from '../marks';
import { columnsOf, decorations as decorationsOf, leastWidth, template, type Column } from './columns';
import { Foot, GroupLine, Head, MoreLine } from './Lines';
import { PhoneRow } from './PhoneRow';
import { Row, type RowActions, type RowProps } from './Row';
import { loadedIds, loadedRecords, type Lines } from './useLines';
import type { Selection } from './useSelection';

const PHONE_ROW = 60;
const BONES = 14;

interface Props {
  view: ViewProps;
  lines: Lines;
  selection: Selection;
  actions: RowActions;
  phone: boolean;
  /** Filled with the way to bring a line into sight. */
  scrollTo: { current: (index: number) => void };
  onKeyDown: (event: KeyboardEvent) => void;
}

/** Columns whose widths follow the first records that came. */
function useColumns({ view, lines }: Props): Column[] {
  const [first, setFirst] = useState<readonly Rec[]>([]);
  const { entries } = lines;
  const loaded = first.length > 0 || entries.busy ? [] : loadedRecords(entries);
  useEffect(() => {
    if (loaded.length) setFirst(loaded);
  });
  return useMemo(() => columnsOf(view.views, first), [view.views, first]);
}

/** Empty lines in the final shape, while the first page is on its way. */
function Bones({ phone, row }: { phone: boolean; row: Omit<RowProps, 'index' | 'record'> }): ReactNode {
  return Array.from({ length: BONES }, (_, at) =>
    phone ? (
      <div key={at} className="tn-phone-row" style={{ position: 'relative', height: PHONE_ROW }}>
        <span className="tn-bone" style={{ width: `${70 - ((at * 17) % 35)}%` }} />
      </div>
    ) : (
      <Row key={at} {...row} record={undefined} index={at} />
    ),
  );
}

export function ListTable(props: Props): ReactNode {
  const { view, lines, selection, actions, phone, scrollTo, onKeyDown } = props;
  const { action, views } = view;
  const { entries } = lines;
  const { density } = preferences.use();
  const height = phone ? PHONE_ROW : ROW_HEIGHT[density];
  const columns = useColumns(props);
  const decorations = useMemo(() => decorationsOf(views.list), [views]);
  const scope = useScope(views.fields);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: entries.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
  });
  scrollTo.current = (index) => virtual.scrollToIndex(index);
  const visible = virtual.getVirtualItems();
  const [first, last] = [visible[0]?.index ?? 0, visible.at(-1)?.index ?? 0];
  const { onRange } = entries;
  useEffect(() => void onRange(first, last), [onRange, first, last]);
  useEffect(() => void virtual.measure(), [virtual, height]);

  const grid = { gridTemplateColumns: template(columns) };
  const shared = { columns, decorations, scope, mark: markOf(action.model), actions };
  const lineAt = (index: number, start: number): ReactNode => {
    const entry = entries.at(index);
    const style = { ...grid, height, transform: `translateY(${start}px)` };
    if (entry.kind === 'more') return <MoreLine key={entry.key} entry={entry} style={style} />;
    if (entry.kind === 'group') {
      const toggle = (): void => entries.toggle(entry.key);
      return (
        <GroupLine key={entry.key} entry={entry} columns={columns} phone={phone} style={style} onToggle={toggle} />
      );
    }
    const Line = phone ? PhoneRow : Row;
    const { record, depth } = entry;
    const selected = record ? selection.ids.has(record.id) : false;
    const state = { selected, active: selection.active === index, depth };
    return <Line key={entry.key} {...shared} {...state} record={record} index={index} style={style} />;
  };
  const { size } = selection.ids;
  const ticked = size === 0 ? false : size >= (entries.total ?? Infinity) ? true : 'some';
  const tick = (): void => (ticked ? selection.clear() : selection.set(loadedIds(entries)));
  const bone = { ...shared, mark: null, selected: false, active: false, depth: 0 };
  return (
    <div
      ref={scroller}
      className="tn-list"
      data-phone={phone || undefined}
      role={lines.search.groups.length ? 'treegrid' : 'grid'}
      aria-label={action.title}
      tabIndex={0}
      aria-rowcount={(entries.total ?? -1) + 1}
      aria-multiselectable
      aria-busy={entries.busy}
      aria-activedescendant={selection.active >= 0 ? `row-${selection.active}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div className="tn-list-inner" style={{ minWidth: phone ? undefined : leastWidth(columns) }}>
        {!phone && <Head columns={columns} order={lines.order} ticked={ticked} style={grid} onTick={tick} />}
        {entries.busy && <Bones phone={phone} row={{ ...bone, style: { ...grid, position: 'relative', height } }} />}
        <div className="tn-list-body" style={{ height: virtual.getTotalSize() }}>
          {visible.map((line) => lineAt(line.index, line.start))}
        </div>
        <Foot columns={columns} total={entries.total} sums={lines.sums} style={grid} phone={phone} />
      </div>
    </div>
  );
}
