/** Several related records as tags: type to find or to create, Backspace takes the last away. */
import { Combobox, useCombobox } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { Ref } from '../../rpc/types';
import { hueOf } from '../Avatar';
import type { EditProps } from '../types';
import { useMaker, useNames } from './useNames';

const NEW = '+new';

export function TagsEdit(props: EditProps): ReactNode {
  const { value, field, item, onChange } = props;
  const model = field.comodel ?? '';
  const chosen = Array.isArray(value) ? (value as Ref[]) : [];
  const [text, setText] = useState('');
  const box = useCombobox({ onDropdownClose: () => box.resetSelectedOption() });
  const { names, settled } = useNames(model, text, box.dropdownOpened, item.domain);
  const maker = useMaker(model);
  const offered = names.filter((name) => !chosen.some((each) => each.id === name.id));
  const typed = text.trim();
  const exact = names.some((name) => name.title?.toLowerCase() === typed.toLowerCase());
  const add = (ref: Ref | null | undefined): void => {
    if (ref) onChange([...chosen, ref]);
  };
  const { dropdownOpened, selectFirstOption, resetSelectedOption } = box;
  useEffect(() => {
    if (dropdownOpened && typed && settled && (offered.length > 0 || names.length === 0)) selectFirstOption();
    else resetSelectedOption();
  }, [names, settled, typed, dropdownOpened]);
  const submit = (key: string): void => {
    setText('');
    if (key === NEW) void maker.make(typed).then(add);
    else add(offered.find((name) => String(name.id) === key));
  };
  return (
    <Combobox store={box} onOptionSubmit={submit} position="bottom-start" middlewares={{ size: true }}>
      <Combobox.DropdownTarget>
        <span className="tn-input tn-input-tags">
          {chosen.map((ref) => (
            <span key={ref.id} className="tn-tag" style={{ '--hue': hueOf(ref.title ?? '') } as React.CSSProperties}>
              <span className="tn-cut">{ref.title}</span>
              <button
                type="button"
                tabIndex={-1}
                aria-label={`Remove ${ref.title}`}
                onClick={() => onChange(chosen.filter((each) => each.id !== ref.id))}
              >
                <X size={11} aria-hidden />
              </button>
            </span>
          ))}
          <Combobox.EventsTarget withExpandedAttribute>
            <input
              id={props.id}
              value={text}
              placeholder={chosen.length ? '' : (item.placeholder ?? '')}
              aria-label={props.label}
              aria-describedby={props.describedBy}
              autoComplete="off"
              autoFocus={props.autoFocus}
              role="combobox"
              aria-expanded={box.dropdownOpened}
              onClick={() => box.openDropdown()}
              onBlur={() => {
                box.closeDropdown();
                setText('');
              }}
              onChange={(event) => {
                setText(event.target.value);
                box.openDropdown();
              }}
              onKeyDown={(event) => {
                if (event.key === 'Backspace' && !text && chosen.length) onChange(chosen.slice(0, -1));
                if (event.key === 'Escape' && box.dropdownOpened) event.stopPropagation();
              }}
            />
          </Combobox.EventsTarget>
        </span>
      </Combobox.DropdownTarget>
      <Combobox.Dropdown miw={200}>
        <Combobox.Options>
          {offered.map((name) => (
            <Combobox.Option key={name.id} value={String(name.id)}>
              <span className="tn-cut">{name.title}</span>
            </Combobox.Option>
          ))}
          {typed && settled && !exact && (
            <Combobox.Option value={NEW}>
              <span className="tn-option-new">
                <Plus size={14} aria-hidden />
                Create “{typed}”
              </span>
            </Combobox.Option>
          )}
          {!typed && offered.length === 0 && <Combobox.Empty>Type to add.</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
