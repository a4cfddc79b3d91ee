/** One record as a line of the list. */
import { Ellipsis } from 'lucide-react';
import { lazy, memo, Suspense, useState, type CSSProperties, type ReactNode } from 'react';
import { matches, type Scope } from '../../domain';
import type { Rec } from '../../rpc/types';
import { Avatar } from '../../widgets/Avatar';
import { Value } from '../../widgets/Value';
import type { Mark } from '../marks';
import type { Column, Decoration } from './columns';

const RowMenu = lazy(() => import('./RowMenu'));

export interface RowActions {
  open: (record: Rec, newTab?: boolean) => void;
  select: (index: number, through: boolean) => void;
  remove?: (record: Rec) => void;
  copy?: (record: Rec) => void;
}
export interface RowProps {
  record: Rec | undefined;
  index: number;
  columns: readonly Column[];
  decorations: readonly Decoration[];
  scope: Scope;
  mark: Mark;
  selected: boolean;
  active: boolean;
  depth: number;
  actions: RowActions;
  style: CSSProperties;
}

/** The tone of each column, and of the row as a whole. */
export function tones(
  record: Rec,
  decorations: readonly Decoration[],
  scope: Scope,
): { row?: string; cells: Record<string, string> } {
  const cells: Record<string, string> = {};
  let row: string | undefined;
  for (const { tone, domain, names } of decorations) {
    if (!matches(domain, record, scope)) continue;
    if (tone === 'muted' || names.size === 0) row ??= tone;
    else names.forEach((name) => void (cells[name] ??= tone));
  }
  return { row, cells };
}

const WIDTHS = [64, 48, 72, 40, 56];

function Bones({ columns, index }: { columns: readonly Column[]; index: number }): ReactNode {
  return columns.map((column, at) => (
    <div key={column.item.name} role="gridcell" className="tn-cell" data-num={column.numeric || undefined}>
      <span className="tn-bone" style={{ width: `${WIDTHS[(index + at) % WIDTHS.length]}%` }} />
    </div>
  ));
}

/** The menu itself is made when it is wanted: eighty of them would cost more than the rows. */
function MenuButton({ record, actions }: { record: Rec; actions: RowActions }): ReactNode {
  const [wanted, setWanted] = useState(false);
  const button = (
    <button
      type="button"
      className="tn-icon-btn tn-row-menu"
      aria-label="Actions of this row"
      tabIndex={-1}
      onClick={(event) => {
        event.stopPropagation();
        setWanted(true);
      }}
    >
      <Ellipsis size={16} aria-hidden />
    </button>
  );
  return wanted ? (
    <Suspense fallback={button}>
      <RowMenu record={record} actions={actions} onClose={() => setWanted(false)} />
    </Suspense>
  ) : (
    button
  );
}

function RowLine(props: RowProps): ReactNode {
  const { record, index, columns, decorations, scope, mark, selected, active, depth, actions, style } = props;
  const tone = record ? tones(record, decorations, scope) : { cells: {} as Record<string, string>, row: undefined };
  const onClick = (event: React.MouseEvent): void => {
    if (!record) return;
    if (event.shiftKey) actions.select(index, true);
    else actions.open(record, event.metaKey || event.ctrlKey);
  };
  return (
    <div
      role="row"
      id={`row-${index}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
      className="tn-row"
      data-active={active || undefined}
      data-tone={tone.row}
      style={style}
      onClick={onClick}
      onAuxClick={(event) => record && event.button === 1 && actions.open(record, true)}
    >
      <div role="gridcell" className="tn-cell tn-cell-tick" onClick={(event) => event.stopPropagation()}>
        <input
          type="checkbox"
          className="tn-tick"
          checked={selected}
          disabled={!record}
          tabIndex={-1}
          aria-label="Select this row"
          onChange={() => undefined}
          onClick={(event) => actions.select(index, event.shiftKey)}
        />
      </div>
      {!record && <Bones columns={columns} index={index} />}
      {record &&
        columns.map((column, at) => (
          <div
            key={column.item.name}
            role="gridcell"
            className="tn-cell"
            data-num={column.numeric || undefined}
            data-first={at === 0 || undefined}
            data-tone={tone.cells[column.item.name]}
            style={at === 0 && depth ? { paddingLeft: 8 + depth * 16 } : undefined}
          >
            {at === 0 && mark && (
              <Avatar title={String(record[column.item.name] ?? '')} size={20} square={mark === 'organisation'} />
            )}
            <Value
              field={column.field}
              item={column.item}
              value={record[column.item.name]}
              record={record}
              quiet={at === 0}
            />
          </div>
        ))}
      <div role="gridcell" className="tn-cell tn-cell-end">
        {record && <MenuButton record={record} actions={actions} />}
      </div>
    </div>
  );
}

export const Row = memo(RowLine);
