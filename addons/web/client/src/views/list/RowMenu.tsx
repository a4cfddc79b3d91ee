/** What can be done with one row. */
import { Menu } from '@mantine/core';
import { Copy, Ellipsis, SquareArrowOutUpRight, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Rec } from '../../rpc/types';
import type { RowActions } from './Row';

export default function RowMenu({
  record,
  actions,
  onClose,
}: {
  record: Rec;
  actions: RowActions;
  onClose: () => void;
}): ReactNode {
  return (
    <Menu position="bottom-end" width={180} defaultOpened onClose={onClose}>
      <Menu.Target>
        <button
          type="button"
          className="tn-icon-btn tn-row-menu"
          aria-label="Actions of this row"
          tabIndex={-1}
          onClick={(event) => event.stopPropagation()}
        >
          <Ellipsis size={16} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown onClick={(event) => event.stopPropagation()}>
        <Menu.Item leftSection={<SquareArrowOutUpRight size={14} />} onClick={() => actions.open(record, true)}>
          Open in a new tab
        </Menu.Item>
        {actions.copy && (
          <Menu.Item leftSection={<Copy size={14} />} onClick={() => actions.copy?.(record)}>
            Duplicate
          </Menu.Item>
        )}
        {actions.remove && (
          <Menu.Item data-danger leftSection={<Trash2 size={14} />} onClick={() => actions.remove?.(record)}>
            Delete
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
