/** Ctrl+K: one field that goes anywhere, does anything, finds any record. */
import { Loader, Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Search } from 'lucide-react';
import { Fragment, useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { Avatar } from '../widgets/Avatar';
import { Icon } from './icons';
import { useChoices, type Choice } from './paletteSources';
import { panels, showPanel } from './panels';
import './palette.css';

const close = (): void => showPanel('palette', false);

function Row({
  choice,
  at,
  chosen,
  onHover,
}: {
  choice: Choice;
  at: number;
  chosen: boolean;
  onHover: () => void;
}): ReactNode {
  return (
    <div
      id={`palette-${at}`}
      role="option"
      aria-selected={chosen}
      className="tn-palette-row"
      onMouseMove={onHover}
      onClick={() => {
        close();
        choice.run();
      }}
    >
      {choice.record ? (
        <Avatar title={choice.title} size={18} square />
      ) : (
        <Icon name={choice.icon} title={choice.title} />
      )}
      <span className="tn-cut">{choice.title}</span>
      {choice.detail && <span className="tn-palette-detail tn-cut">{choice.detail}</span>}
    </div>
  );
}

function Body(): ReactNode {
  const [text, setText] = useState('');
  const [searched] = useDebouncedValue(text.trim(), 140);
  const [at, setAt] = useState(0);
  const listRef = useRef<HTMLDivElement>(null);
  const { choices, busy } = useChoices(text, searched);
  const chosen = Math.min(at, Math.max(choices.length - 1, 0));
  useEffect(() => setAt(0), [text]);
  useEffect(
    () => void listRef.current?.querySelector(`#palette-${chosen}`)?.scrollIntoView({ block: 'nearest' }),
    [chosen],
  );
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt((chosen + step + choices.length) % Math.max(choices.length, 1));
    } else if (event.key === 'Enter' && choices[chosen]) {
      event.preventDefault();
      close();
      choices[chosen].run();
    }
  };
  return (
    <>
      <div className="tn-palette-field">
        <Search size={16} aria-hidden />
        <input
          data-autofocus
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKey}
          role="combobox"
          placeholder="Search records, menus and actions"
          aria-label="Search records, menus and actions"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={choices.length ? `palette-${chosen}` : undefined}
        />
        {busy && <Loader size={14} color="gray" />}
        <kbd className="tn-kbd">Esc</kbd>
      </div>
      <div id="palette-list" role="listbox" aria-label="Results" className="tn-palette-list" ref={listRef}>
        {choices.map((choice, index) => (
          <Fragment key={choice.key}>
            {choice.group !== choices[index - 1]?.group && (
              <div className="tn-palette-group" role="presentation">
                {choice.group}
              </div>
            )}
            <Row choice={choice} at={index} chosen={index === chosen} onHover={() => setAt(index)} />
          </Fragment>
        ))}
        {choices.length === 0 && (
          <p className="tn-palette-none">{busy ? 'Searching' : `Nothing found for “${text}”.`}</p>
        )}
      </div>
    </>
  );
}

export function Palette(): ReactNode {
  const { palette } = panels.use();
  return (
    <Modal
      opened={palette}
      onClose={close}
      withCloseButton={false}
      padding={0}
      size={600}
      title="Search and commands"
      classNames={{ body: 'tn-palette', header: 'tn-sr' }}
    >
      <Body />
    </Modal>
  );
}
