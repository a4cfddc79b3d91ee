/** One record on a phone: its name and what matters most, then a second line. */
import { memo, type ReactNode } from 'react';
import { unset } from '../../domain/compare';
import type { Rec } from '../../rpc/types';
import { Avatar } from '../../widgets/Avatar';
import { isState, Value } from '../../widgets/Value';
import type { Column } from './columns';
import { tones, type RowProps } from './Row';

/** What stands at the right of the first line: an amount, else a state, else a date. */
function aside(columns: readonly Column[], record: Rec): Column | undefined {
  const filled = columns.slice(1).filter((column) => !unset(record[column.item.name]));
  const first = (types: RegExp): Column | undefined => filled.find((column) => types.test(column.field.type));
  return first(/^(money|decimal)$/) ?? first(/^selection$/) ?? first(/^date(time)?$/);
}

function Line({ record, index, columns, decorations, scope, mark, selected, actions, style }: RowProps): ReactNode {
  const [first] = columns;
  if (!record || !first) {
    return (
      <div className="tn-phone-row" style={style}>
        <span className="tn-bone" style={{ width: '55%' }} />
      </div>
    );
  }
  const right = aside(columns, record);
  const { cells, row } = tones(record, decorations, scope);
  const rest = columns
    .slice(1)
    .filter((column) => column !== right && column.field.type !== 'boolean' && !unset(record[column.item.name]));
  const state = rest.find((column) => isState(column.field, column.item));
  const below = state && rest[0] && state !== rest[0] ? [state, rest[0]] : rest.slice(0, 2);
  return (
    <div
      role="row"
      id={`row-${index}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
      className="tn-phone-row"
      data-tone={row}
      style={style}
      onClick={() => actions.open(record)}
    >
      {mark && <Avatar title={String(record[first.item.name] ?? '')} size={32} square={mark === 'organisation'} />}
      <div role="gridcell" className="tn-phone-body">
        <div className="tn-phone-line">
          <strong className="tn-cut">
            <Value field={first.field} item={first.item} value={record[first.item.name]} record={record} quiet />
          </strong>
          {right && (
            <span data-tone={cells[right.item.name]}>
              <Value field={right.field} item={right.item} value={record[right.item.name]} record={record} quiet />
            </span>
          )}
        </div>
        <div className="tn-phone-line tn-phone-below">
          {below.map((column) => (
            <span key={column.item.name} className="tn-cut" data-tone={cells[column.item.name]}>
              <Value field={column.field} item={column.item} value={record[column.item.name]} record={record} quiet />
            </span>
          ))}
        </div>
      </div>
    </div>
  );
}

export const PhoneRow = memo(Line);
