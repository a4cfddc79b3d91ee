/** The list's other lines: column heads, group heads, "load more", sums, and the bar over a selection. */
import { ArrowDown, ArrowUp, ChevronRight, Trash2, X } from 'lucide-react';
import type { CSSProperties, ReactNode } from 'react';
import type { GroupRow } from '../../rpc/types';
import { searchParams, nextOrder } from '../../search/state';
import { setParams } from '../../shell/location';
import { useBoot } from '../../rpc/boot';
import { Sum } from '../../widgets/Sum';
import { formatNumber } from '../../widgets/format';
import type { Column } from './columns';
import type { Entry } from './entries';

interface HeadProps {
  columns: readonly Column[];
  order: string;
  ticked: boolean | 'some';
  onTick: () => void;
  style: CSSProperties;
}

export function Head({ columns, order, ticked, onTick, style }: HeadProps): ReactNode {
  const [sorted = '', direction = 'asc'] = (order.split(',')[0] ?? '').trim().split(' ');
  return (
    <div role="row" aria-rowindex={1} className="tn-list-head" style={style}>
      <div role="columnheader" className="tn-cell tn-cell-tick">
        <input
          type="checkbox"
          className="tn-tick"
          aria-label="Select all"
          checked={ticked === true}
          onChange={onTick}
          ref={(node) => {
            if (node) node.indeterminate = ticked === 'some';
          }}
        />
      </div>
      {columns.map((column, at) => {
        const mine = sorted === column.item.name;
        const Arrow = direction === 'desc' ? ArrowDown : ArrowUp;
        return (
          <div
            key={column.item.name}
            role="columnheader"
            className="tn-cell"
            data-num={column.numeric || undefined}
            data-first={at === 0 || undefined}
            aria-sort={mine ? (direction === 'desc' ? 'descending' : 'ascending') : undefined}
          >
            <button
              type="button"
              disabled={!column.sortable}
              title={column.field.help || undefined}
              onClick={() => setParams(searchParams({ order: nextOrder(order, column.item.name) }))}
            >
              <span className="tn-cut">{column.label}</span>
              {mine && <Arrow size={12} aria-hidden />}
            </button>
          </div>
        );
      })}
      <div role="columnheader" className="tn-cell">
        <span className="tn-sr">Actions</span>
      </div>
    </div>
  );
}

interface GroupProps {
  entry: Extract<Entry, { kind: 'group' }>;
  columns: readonly Column[];
  onToggle: () => void;
  style: CSSProperties;
  phone: boolean;
}

function GroupSum({ column, group }: { column: Column; group: GroupRow }): ReactNode {
  return <Sum value={group[`${column.item.name}:sum`]} field={column.field} />;
}

export function GroupLine({ entry, columns, onToggle, style, phone }: GroupProps): ReactNode {
  const sums = columns.filter((column) => column.item.sum);
  return (
    <div
      role="row"
      className="tn-group"
      data-phone={phone || undefined}
      aria-expanded={entry.open}
      style={style}
      onClick={onToggle}
    >
      <div role="gridcell" className="tn-cell tn-cell-tick">
        <button type="button" aria-label={entry.open ? `Fold ${entry.label}` : `Open ${entry.label}`} tabIndex={-1}>
          <ChevronRight size={14} data-open={entry.open || undefined} aria-hidden />
        </button>
      </div>
      <div
        role="gridcell"
        className="tn-cell"
        data-first
        style={entry.depth ? { paddingLeft: 8 + entry.depth * 16 } : undefined}
      >
        <strong className="tn-cut">{entry.label}</strong>
        <span className="tn-muted tn-num">{entry.group.count}</span>
      </div>
      {phone && sums[0] && (
        <div role="gridcell" className="tn-cell" data-num>
          <GroupSum column={sums[0]} group={entry.group} />
        </div>
      )}
      {!phone &&
        columns.slice(1).map((column) => (
          <div key={column.item.name} role="gridcell" className="tn-cell" data-num={column.numeric || undefined}>
            {column.item.sum && <GroupSum column={column} group={entry.group} />}
          </div>
        ))}
    </div>
  );
}

export function MoreLine({
  entry,
  style,
}: {
  entry: Extract<Entry, { kind: 'more' }>;
  style: CSSProperties;
}): ReactNode {
  return (
    <div role="row" className="tn-more" style={style}>
      <div role="gridcell" style={{ gridColumn: '2 / -1' }}>
        <button type="button" onClick={entry.load}>
          Show more · {entry.left} left
        </button>
      </div>
    </div>
  );
}

interface FootProps {
  columns: readonly Column[];
  total: number | null;
  sums: GroupRow | undefined;
  style: CSSProperties;
  phone: boolean;
}

/** Count and sums of everything that matches, not of what is on the screen. */
export function Foot({ columns, total, sums, style, phone }: FootProps): ReactNode {
  const { user } = useBoot();
  const summed = columns.filter((column) => column.item.sum);
  const count = total === null ? '' : `${formatNumber(total, user.language)} ${total === 1 ? 'record' : 'records'}`;
  if (phone) {
    return (
      <div className="tn-foot" data-phone>
        <span>{count}</span>
        {summed[0] && (
          <span>
            <span className="tn-muted">{summed[0].label}</span>{' '}
            <Sum value={sums?.[`${summed[0].item.name}:sum`]} field={summed[0].field} />
          </span>
        )}
      </div>
    );
  }
  return (
    <div role="row" className="tn-foot" style={style}>
      <div role="gridcell" className="tn-cell" style={{ gridColumn: '1 / 3' }} data-first>
        {count}
      </div>
      {columns.slice(1).map((column) => (
        <div key={column.item.name} role="gridcell" className="tn-cell" data-num={column.numeric || undefined}>
          {column.item.sum && <Sum value={sums?.[`${column.item.name}:sum`]} field={column.field} />}
        </div>
      ))}
    </div>
  );
}

interface BarProps {
  count: number;
  total: number | null;
  onAll: () => void;
  onClear: () => void;
  onDelete?: () => void;
}

/** What may be done with the selected records; it floats, so that nothing moves. */
export function SelectionBar({ count, total, onAll, onClear, onDelete }: BarProps): ReactNode {
  if (count === 0) return null;
  return (
    <div className="tn-selection" role="toolbar" aria-label="Selected records">
      <strong>{count} selected</strong>
      {total !== null && total > count && (
        <button type="button" className="tn-btn" data-kind="quiet" onClick={onAll}>
          Select all {total}
        </button>
      )}
      <span className="tn-selection-line" aria-hidden />
      {onDelete && (
        <button type="button" className="tn-btn" data-kind="danger" onClick={onDelete}>
          <Trash2 size={14} aria-hidden /> Delete
        </button>
      )}
      <button type="button" className="tn-icon-btn" aria-label="Clear the selection" onClick={onClear}>
        <X size={15} aria-hidden />
      </button>
    </div>
  );
}
