/** The record's title, big and editable in place. */
import type { ReactNode } from 'react';
import { Avatar } from '../../widgets/Avatar';
import { useTyping } from '../../widgets/edit/TextEdit';
import type { EditProps } from '../../widgets/types';
import { markOf } from '../marks';
import type { FormApi } from './api';
import { TranslateButton } from './TranslateButton';

function TitleInput(props: EditProps): ReactNode {
  const { bind } = useTyping(props);
  return (
    <textarea
      id={props.id}
      className="tn-title-input"
      rows={1}
      {...bind}
      placeholder={props.item.placeholder}
      aria-label={props.label}
      autoFocus={props.autoFocus}
      aria-invalid={Boolean(props.invalid) || undefined}
      aria-describedby={props.describedBy}
      onKeyDown={(event) => {
        bind.onKeyDown(event);
        if (event.key === 'Enter') {
          event.preventDefault();
          event.currentTarget.blur();
        }
      }}
    />
  );
}

export function Title({ form }: { form: FormApi }): ReactNode {
  const name = form.views.form.title;
  const field = form.views.fields[name];
  const mark = markOf(form.views.model);
  const value = String(form.values[name] ?? '');
  const error = form.state.errors[name];
  const id = `title-${form.views.model.replace(/\./g, '-')}`;
  if (!field) return <div className="tn-title" />;
  return (
    <div className="tn-title">
      {mark && <Avatar title={value || '?'} size={36} square={mark === 'organisation'} />}
      <div className="tn-title-field">
        {form.readonly || field.readonly || field.type !== 'char' ? (
          <div className="tn-title-input">{value}</div>
        ) : (
          <TitleInput
            id={id}
            item={{ name, placeholder: field.label }}
            field={field}
            model={form.views.model}
            label={field.label}
            value={value}
            record={form.values}
            readonly={false}
            invalid={error}
            describedBy={error ? `${id}-error` : undefined}
            autoFocus={form.id === null}
            onChange={(next) => form.commit(name, next)}
            onInput={(next) => form.input(name, next)}
          />
        )}
        {error && (
          <span id={`${id}-error`} className="tn-error" role="alert">
            {error}
          </span>
        )}
      </div>
      {field.translate && form.id !== null && (
        <TranslateButton
          model={form.views.model}
          id={form.id}
          field={field}
          readonly={form.readonly || Boolean(field.readonly)}
        />
      )}
    </div>
  );
}
