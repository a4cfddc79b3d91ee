/** A field of the form: its label at the left, its value, and what is wrong with it below. */
import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { matches, type Scope } from '../../domain';
import { FieldEdit } from '../../widgets/edit/FieldEdit';
import type { Item } from '../data';
import type { FormApi } from './api';
import { TranslateButton } from './TranslateButton';

interface Props {
  form: FormApi;
  item: Item;
  scope: Scope;
  autoFocus?: boolean;
  /** Without a label of its own: the tab says what it is. */
  bare?: boolean;
}

export const isVisible = (item: { visible?: Item['visible'] }, form: FormApi, scope: Scope): boolean =>
  matches(item.visible, form.values, scope);

export function isReadonly(item: Item, form: FormApi, scope: Scope): boolean {
  if (form.readonly || form.views.fields[item.name]?.readonly) return true;
  if (typeof item.readonly === 'boolean') return item.readonly;
  return item.readonly ? matches(item.readonly, form.values, scope) : false;
}

export function Field({ form, item, scope, autoFocus, bare }: Props): ReactNode {
  const field = form.views.fields[item.name];
  if (!field || !isVisible(item, form, scope)) return null;
  const id = `field-${form.views.model}-${item.name}`.replace(/\./g, '-');
  const error = form.state.errors[item.name];
  const label = item.label ?? field.label;
  const readonly = isReadonly(item, form, scope);
  const required = !readonly && form.isRequired(item);
  const name = (
    <label className="tn-label" htmlFor={id}>
      {label}
      {required && form.id === null && (
        <span className="tn-needed" title="Needed">
          {' '}
          *
        </span>
      )}
    </label>
  );
  return (
    <div
      className="tn-field"
      data-bare={bare || undefined}
      data-span={item.span && item.span > 1 ? true : undefined}
      data-long={field.type === 'text' || undefined}
    >
      {!bare &&
        (field.help ? (
          <Tooltip label={field.help} multiline maw={280} position="top-start">
            {name}
          </Tooltip>
        ) : (
          name
        ))}
      <div className="tn-field-value">
        <FieldEdit
          id={id}
          item={item}
          field={field}
          model={form.views.model}
          label={label}
          value={form.values[item.name]}
          record={form.values}
          readonly={readonly}
          invalid={error}
          describedBy={error ? `${id}-error` : undefined}
          autoFocus={autoFocus}
          onChange={(value) => form.commit(item.name, value)}
          onInput={(value) => form.input(item.name, value)}
        />
        {error && (
          <span id={`${id}-error`} className="tn-error" role="alert">
            {error}
          </span>
        )}
      </div>
      {field.translate && form.id !== null && (
        <TranslateButton model={form.views.model} id={form.id} field={field} readonly={readonly} />
      )}
    </div>
  );
}
