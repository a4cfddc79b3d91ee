/** The editing widget of a field: an addon's own, else by its type. */
import type { ComponentType, ReactNode } from 'react';
import { Boundary } from '../../registry/Boundary';
import { useEntry } from '../../registry/registry';
import type { FieldType } from '../../rpc/types';
import type { EditProps, WidgetProps } from '../types';
import { Value } from '../Value';
import { DateEdit, DatetimeEdit } from './DateEdit';
import { Many2oneEdit } from './Many2oneEdit';
import { NumberEdit } from './NumberEdit';
import { BooleanEdit, SelectEdit } from './SelectEdit';
import { TagsEdit } from './TagsEdit';
import { LongTextEdit, TextEdit } from './TextEdit';
import './edit.css';

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
  const Editor = EDITORS[field.type];
  if (!Editor || readonly) {
    const long = field.type === 'text' || field.type === 'html';
    return (
      <span className="tn-input tn-input-text" id={props.id} data-long={long || undefined}>
        {long ? String(value ?? '') : <Value field={field} item={item} value={value} record={record} exact />}
      </span>
    );
  }
  return <Editor {...props} />;
}
