/** A table of lines inside a form, edited in place. */
import { ArrowUpRight, Plus, Trash2 } from 'lucide-react';
import { useEffect, useRef, type FocusEvent, type ReactNode } from 'react';
import type { FieldInfo, Fields, Rec } from '../../rpc/types';
import { navigate, recordPlace } from '../../shell/location';
import { FieldEdit } from '../../widgets/edit/FieldEdit';
import { isNumeric, Value } from '../../widgets/Value';
import type { Item } from '../data';
import { columnsOf } from '../spec';
import type { FormApi } from './api';
import { useLines, type Lines } from './useLines';

interface Props {
  form: FormApi;
  item: Item;
  readonly: boolean;
  /** More tables stand in this tab: each says what it is. */
  titled?: boolean;
}

/** Least width and share of the rest. */
function width(field: FieldInfo | undefined): [number, number] {
  if (field?.type === 'boolean') return [76, 0.3];
  if (field?.type === 'selection') return [116, 0.7];
  if (isNumeric(field)) return [96, 0.6];
  if (/^date/.test(field?.type ?? '')) return [120, 0.7];
  return field?.type === 'char' || field?.type === 'text' ? [160, 1.6] : [120, 1];
}

interface RowProps {
  line: Rec;
  lines: Lines;
  columns: readonly Item[];
  fields: Fields;
  model: string;
  readonly: boolean;
  /** The column that the person clicked, to be edited first. */
  onLeave: (event: FocusEvent<HTMLElement>) => void;
}

function Cell({
  line,
  lines,
  column,
  fields,
  model,
  editing,
  focus,
}: Omit<RowProps, 'columns' | 'readonly' | 'onLeave'> & { column: Item; editing: boolean; focus: boolean }): ReactNode {
  const field = fields[column.name];
  if (!field) return null;
  const error = lines.errors[`${line.id} ${column.name}`];
  const id = `line-${line.id}-${column.name}`;
  return (
    <div role="gridcell" className="tn-line-cell" data-num={isNumeric(field) || undefined} data-name={column.name}>
      {editing && !field.readonly ? (
        <>
          <FieldEdit
            id={id}
            item={column}
            field={field}
            model={model}
            label={column.label ?? field.label}
            value={line[column.name]}
            record={line}
            readonly={false}
            invalid={error}
            describedBy={error ? `${id}-error` : undefined}
            autoFocus={focus}
            onChange={(value) => lines.change(line.id, column.name, value)}
            onInput={() => undefined}
          />
          {error && (
            <span id={`${id}-error`} className="tn-error" role="alert">
              {error}
            </span>
          )}
        </>
      ) : field.type === 'boolean' && !field.readonly ? (
        <FieldEdit
          id={id}
          item={column}
          field={field}
          model={model}
          label={column.label ?? field.label}
          value={line[column.name]}
          record={line}
          readonly={false}
          onChange={(value) => lines.change(line.id, column.name, value)}
          onInput={() => undefined}
        />
      ) : (
        <Value field={field} item={column} value={line[column.name]} record={line} quiet />
      )}
    </div>
  );
}

function LineRow({ line, lines, columns, fields, model, readonly, onLeave }: RowProps): ReactNode {
  const editing = lines.active === line.id && !readonly;
  const firstText = columns.find((column) => fields[column.name]?.type === 'char' && !line[column.name]);
  const clicked = useRef((firstText ?? columns[0])?.name ?? '');
  return (
    <div
      role="row"
      className="tn-line"
      data-editing={editing || undefined}
      onBlur={editing ? onLeave : undefined}
      onClick={(event) => {
        if (editing || readonly) return;
        clicked.current =
          (event.target as HTMLElement).closest<HTMLElement>('[data-name]')?.dataset['name'] ?? clicked.current;
        lines.begin(line.id);
      }}
    >
      {columns.map((column) => (
        <Cell
          key={column.name}
          line={line}
          lines={lines}
          column={column}
          fields={fields}
          model={model}
          editing={editing}
          focus={editing && column.name === clicked.current}
        />
      ))}
      <div role="gridcell" className="tn-line-end">
        {line.id > 0 && (
          <button
            type="button"
            className="tn-icon-btn"
            aria-label="Open this line"
            onClick={(event) => {
              event.stopPropagation();
              void navigate(recordPlace(model, line.id));
            }}
          >
            <ArrowUpRight size={14} aria-hidden />
          </button>
        )}
        {!readonly && (
          <button
            type="button"
            className="tn-icon-btn"
            aria-label="Delete this line"
            onClick={(event) => {
              event.stopPropagation();
              lines.remove(line);
            }}
          >
            <Trash2 size={14} aria-hidden />
          </button>
        )}
      </div>
    </div>
  );
}

export function LinesTable({ form, item, readonly, titled }: Props): ReactNode {
  const field = form.views.fields[item.name] as FieldInfo;
  const model = field.comodel ?? '';
  const fields = form.views.models[model]?.fields ?? {};
  const mayAdd = form.views.models[model]?.access?.create !== false;
  const columns = columnsOf(item, fields, field.inverse);
  const lines = useLines(form, item, field, fields, columns);
  const table = useRef<HTMLDivElement>(null);
  const error = form.state.errors[item.name];
  const latest = useRef(lines);
  useEffect(() => void (latest.current = lines));
  /** Focus may go to a menu that floats elsewhere; a row is left when it goes to another place of the page. */
  const onLeave = (event: FocusEvent<HTMLElement>): void => {
    const row = event.currentTarget;
    const { active } = lines;
    setTimeout(() => {
      const now = document.activeElement;
      if (row.contains(now) || now?.closest('.mantine-Popover-dropdown, .mantine-Combobox-dropdown, [role="dialog"]'))
        return;
      if (active !== null) latest.current.leave(active);
    }, 60);
  };
  const widths = columns.map((column) => width(fields[column.name]));
  const grid = {
    '--columns': [...widths.map(([least, share]) => `minmax(${least}px, ${share}fr)`), '64px'].join(' '),
    '--least': `${widths.reduce((sum, [least]) => sum + least, 64)}px`,
  } as React.CSSProperties;
  return (
    <div className="tn-lines" ref={table} style={grid}>
      {titled && <h3>{item.label ?? field.label}</h3>}
      {(lines.lines.length > 0 || readonly) && (
        <div role="grid" aria-label={item.label ?? field.label} className="tn-lines-grid">
          <div role="row" className="tn-line tn-line-head">
            {columns.map((column) => (
              <div
                key={column.name}
                role="columnheader"
                className="tn-line-cell"
                data-num={isNumeric(fields[column.name]) || undefined}
              >
                {column.label ?? fields[column.name]?.label}
              </div>
            ))}
            <div role="columnheader">
              <span className="tn-sr">Actions</span>
            </div>
          </div>
          {lines.lines.map((line) => (
            <LineRow
              key={line.id}
              line={line}
              lines={lines}
              columns={columns}
              fields={fields}
              model={model}
              readonly={readonly}
              onLeave={onLeave}
            />
          ))}
        </div>
      )}
      {readonly && lines.lines.length === 0 && <p className="tn-lines-none">Nothing here yet.</p>}
      {error && (
        <span className="tn-error" role="alert">
          {error}
        </span>
      )}
      {!readonly && mayAdd && (
        <button type="button" className="tn-lines-add" onClick={() => void lines.add()}>
          <Plus size={14} aria-hidden /> Add a line
        </button>
      )}
    </div>
  );
}
