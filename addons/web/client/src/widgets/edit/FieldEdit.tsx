/** The editing widget of a field: an addon's own, else by its type. */
import { lazy, Suspense, type ComponentType, type ReactNode } from 'react';
import { unset } from '../../domain/compare';
import { Boundary } from '../../registry/Boundary';
import { useEntry } from '../../registry/registry';
import type { FieldType } from '../../rpc/types';
import type { EditProps, WidgetProps } from '../types';
import { Value } from '../Value';
import { DateEdit, DatetimeEdit } from './DateEdit';
import { Many2oneEdit } from './Many2oneEdit';
import { NumberEdit } from './NumberEdit';
import { BooleanEdit, SelectEdit } from './SelectEdit';
import { SecretEdit } from './SecretEdit';
import { TagsEdit } from './TagsEdit';
import { LongTextEdit, TextEdit } from './TextEdit';
import './edit.css';

/** Rarer ones come when a form has such a field. */
const FileEdit = lazy(() => import('./FileEdit'));
const RangeEdit = lazy(() => import('./RangeEdit'));
const ReferenceEdit = lazy(() => import('./ReferenceEdit'));

const EDITORS: Partial<Record<FieldType, ComponentType<EditProps>>> = {
  char: TextEdit,
  text: LongTextEdit,
  html: LongTextEdit,
  integer: NumberEdit,
  float: NumberEdit,
  decimal: NumberEdit,
  money: NumberEdit,
  duration: NumberEdit,
  boolean: BooleanEdit,
  date: DateEdit,
  datetime: DatetimeEdit,
  selection: SelectEdit,
  many2one: Many2oneEdit,
  many2many: TagsEdit,
  binary: FileEdit,
  image: FileEdit,
  daterange: RangeEdit,
  datetimerange: RangeEdit,
  reference: ReferenceEdit,
};

export function FieldEdit(props: EditProps): ReactNode {
  const { item, field, value, record, readonly } = props;
  const Added = useEntry<ComponentType<WidgetProps>>('widgets', item.widget);
  if (Added) {
    return (
      <Boundary name={item.widget ?? ''}>
        <span className="tn-input tn-input-text">
          <Added value={value} record={record} field={field} readonly={readonly} onChange={props.onChange} />
        </span>
      </Boundary>
    );
  }
  const Editor = field.secret ? SecretEdit : EDITORS[field.type];
  if (!Editor || readonly) {
    const long = (field.type === 'text' || field.type === 'html') && !field.secret;
    if (field.type === 'json' && !unset(value))
      return (
        <pre className="tn-json" id={props.id} tabIndex={0} aria-label={props.label}>
          {JSON.stringify(value, null, 2)}
        </pre>
      );
    return (
      <span className="tn-input tn-input-text" id={props.id} data-long={long || undefined}>
        {long ? String(value ?? '') : <Value field={field} item={item} value={value} record={record} exact />}
      </span>
    );
  }
  return (
    <Suspense fallback={<span className="tn-input tn-input-text" aria-busy />}>
      <Editor {...props} />
    </Suspense>
  );
}
