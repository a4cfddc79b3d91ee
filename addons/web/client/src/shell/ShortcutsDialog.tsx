/** `?`: the shortcuts that work here, by group. */
import { Modal } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';
import { panels, showPanel } from './panels';
import { activeShortcuts, keyNames } from './shortcuts';

export function ShortcutsDialog(): ReactNode {
  const { shortcuts: opened } = panels.use();
  const shortcuts = activeShortcuts.use();
  const groups = [...new Set(shortcuts.map((each) => each.group))].sort(
    (a, b) => Number(a === 'Everywhere') - Number(b === 'Everywhere'),
  );
  return (
    <Modal opened={opened} onClose={() => showPanel('shortcuts', false)} title="Keyboard shortcuts" size={420}>
      <div className="tn-keys">
        {groups.map((group) => (
          <Fragment key={group}>
            <h3>{group}</h3>
            <ul>
              {shortcuts
                .filter((each) => each.group === group)
                .map((each) => (
                  <li key={each.keys}>
                    {each.label}
                    <span>
                      {keyNames(each.keys).map((key) => (
                        <kbd key={key} className="tn-kbd">
                          {key}
                        </kbd>
                      ))}
                    </span>
                  </li>
                ))}
            </ul>
          </Fragment>
        ))}
      </div>
    </Modal>
  );
}
