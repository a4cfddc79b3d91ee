/** A related record: search it by typing, create it, open it. */
import { Combobox, useCombobox } from '@mantine/core';
import { ArrowUpRight, Check, Plus, SquarePen, X } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Ref } from '../../rpc/types';
import { navigate, recordPlace } from '../../shell/location';
import { markOf } from '../../views/marks';
import { Avatar } from '../Avatar';
import { Hidden } from '../Chip';
import type { EditProps } from '../types';
import { useMaker, useNames } from './useNames';

const NEW = '+new';
const FORM = '+form';

export function Many2oneEdit(props: EditProps): ReactNode {
  const { value, field, item, onChange } = props;
  const model = field.comodel ?? '';
  const ref = (value ?? null) as Ref | null;
  const [text, setText] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const box = useCombobox({
    onDropdownClose: () => {
      box.resetSelectedOption();
      setText(null);
    },
  });
  const { names, settled } = useNames(model, text ?? '', box.dropdownOpened, item.domain);
  const maker = useMaker(model);
  const typed = (text ?? '').trim();
  const exact = names.some((name) => name.title?.toLowerCase() === typed.toLowerCase());
  const choose = (next: Ref | null): void => {
    if ((next?.id ?? null) !== (ref?.id ?? null)) onChange(next);
  };
  const submit = (key: string): void => {
    box.closeDropdown();
    if (key === NEW) void maker.make(typed).then((made) => made && choose(made));
    else if (key === FORM) void maker.makeInForm(typed).then((made) => made && choose(made));
    else choose(names.find((name) => String(name.id) === key) ?? null);
  };
  const { dropdownOpened, selectFirstOption, resetSelectedOption } = box;
  useEffect(() => {
    if (dropdownOpened && typed && settled) selectFirstOption();
    else resetSelectedOption();
  }, [names, settled, typed, dropdownOpened]);
  if (ref?.hidden)
    return (
      <span className="tn-input tn-input-text">
        <Hidden />
      </span>
    );
  const open = (): void => box.openDropdown();
  const face = ref && text === null && markOf(model);
  return (
    <Combobox store={box} onOptionSubmit={submit} position="bottom-start" middlewares={{ size: true }}>
      <Combobox.DropdownTarget>
        <span className="tn-input tn-input-pick" data-filled={ref ? true : undefined}>
          {face && <Avatar title={ref.title ?? ''} size={18} square={face === 'organisation'} />}
          <Combobox.EventsTarget withExpandedAttribute>
            <input
              ref={input}
              id={props.id}
              value={text ?? ref?.title ?? ''}
              placeholder={item.placeholder ?? ''}
              autoComplete="off"
              role="combobox"
              aria-label={props.label}
              aria-describedby={props.describedBy}
              aria-invalid={Boolean(props.invalid) || undefined}
              autoFocus={props.autoFocus}
              onClick={(event) => {
                open();
                if (text === null) event.currentTarget.select();
              }}
              onFocus={(event) => event.target.select()}
              onBlur={() => box.closeDropdown()}
              onChange={(event) => {
                setText(event.target.value);
                open();
              }}
              onKeyDown={(event) => {
                if (event.key === 'Escape' && box.dropdownOpened) event.stopPropagation();
              }}
            />
          </Combobox.EventsTarget>
          {ref && !field.required && (
            <button
              type="button"
              className="tn-input-side"
              tabIndex={-1}
              aria-label={`Clear ${props.label}`}
              onClick={() => choose(null)}
            >
              <X size={13} aria-hidden />
            </button>
          )}
          {ref?.id && (
            <button
              type="button"
              className="tn-input-side"
              tabIndex={-1}
              aria-label={`Open ${ref.title}`}
              onClick={() => void navigate(recordPlace(model, ref.id as number))}
            >
              <ArrowUpRight size={14} aria-hidden />
            </button>
          )}
        </span>
      </Combobox.DropdownTarget>
      <Combobox.Dropdown miw={240}>
        <Combobox.Options>
          {names.map((name) => (
            <Combobox.Option key={name.id} value={String(name.id)} active={name.id === ref?.id}>
              <span className="tn-option">
                <span className="tn-cut">{name.title}</span>
                {name.id === ref?.id && <Check size={14} aria-hidden />}
              </span>
            </Combobox.Option>
          ))}
          {names.length === 0 && settled && !typed && <Combobox.Empty>Nothing to choose from yet.</Combobox.Empty>}
          {typed && settled && !exact && (
            <Combobox.Option value={NEW}>
              <span className="tn-option-new">
                <Plus size={14} aria-hidden />
                <span className="tn-cut">Create “{typed}”</span>
              </span>
            </Combobox.Option>
          )}
          {typed && settled && (
            <Combobox.Option value={FORM}>
              <span className="tn-option-new">
                <SquarePen size={14} aria-hidden />
                Create and edit
              </span>
            </Combobox.Option>
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
