/** One of a few values; yes or no. */
import { Combobox, useCombobox } from '@mantine/core';
import { Check, ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dot } from '../Chip';
import type { EditProps } from '../types';
import { choiceOf, isState } from '../Value';

export function SelectEdit(props: EditProps): ReactNode {
  const { value, field, onChange } = props;
  const box = useCombobox({
    onDropdownClose: () => box.resetSelectedOption(),
    onDropdownOpen: () => box.updateSelectedOptionIndex('active'),
  });
  const chosen = value === null || value === undefined || value === '' ? null : choiceOf(field, value);
  const submit = (next: string): void => {
    box.closeDropdown();
    const wanted = next === '' ? null : next;
    if (wanted !== (value ?? null)) onChange(wanted);
  };
  return (
    <Combobox store={box} onOptionSubmit={submit} position="bottom-start" width="target" middlewares={{ size: true }}>
      <Combobox.Target targetType="button">
        <button
          type="button"
          id={props.id}
          className="tn-input tn-input-button"
          aria-label={chosen ? `${props.label}: ${chosen.label}` : props.label}
          autoFocus={props.autoFocus}
          aria-describedby={props.describedBy}
          aria-invalid={Boolean(props.invalid) || undefined}
          onClick={() => box.toggleDropdown()}
        >
          {chosen ? (
            isState(field, props.item) ? (
              <Dot {...chosen} name={String(value)} />
            ) : (
              <span className="tn-cut">{chosen.label}</span>
            )
          ) : (
            <span className="tn-placeholder">{props.item.placeholder ?? ''}</span>
          )}
          <ChevronDown size={13} className="tn-input-caret" aria-hidden />
        </button>
      </Combobox.Target>
      <Combobox.Dropdown miw={180}>
        <Combobox.Options>
          {!field.required && chosen && (
            <Combobox.Option value="">
              <span className="tn-muted">None</span>
            </Combobox.Option>
          )}
          {field.selection?.map(([key, label], index) => (
            <Combobox.Option key={key} value={key} active={key === value}>
              <span className="tn-option">
                {isState(field, props.item) ? (
                  <Dot label={label} name={key} index={index} />
                ) : (
                  <span className="tn-cut">{label}</span>
                )}
                {key === value && <Check size={14} aria-hidden />}
              </span>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

export function BooleanEdit({ id, value, label, describedBy, onChange, autoFocus }: EditProps): ReactNode {
  return (
    <span className="tn-input tn-input-bool">
      <input
        id={id}
        type="checkbox"
        role="switch"
        className="tn-toggle"
        checked={Boolean(value)}
        aria-label={label}
        aria-describedby={describedBy}
        autoFocus={autoFocus}
        onChange={(event) => onChange(event.target.checked)}
      />
    </span>
  );
}
