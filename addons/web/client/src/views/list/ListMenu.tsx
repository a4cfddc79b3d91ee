/** What concerns the list as a whole, behind three dots. */
import { Menu } from '@mantine/core';
import { Ellipsis, Trash2 } from 'lucide-react';
import { lazy, Suspense, useState, type ReactNode } from 'react';

const DeletedDialog = lazy(() => import('./DeletedDialog'));

export function ListMenu({ model }: { model: string }): ReactNode {
  const [deleted, showDeleted] = useState(false);
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <button type="button" className="tn-icon-btn" aria-label="More">
            <Ellipsis size={16} aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Trash2 size={14} />} onClick={() => showDeleted(true)}>
            Deleted records
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {deleted && (
        <Suspense>
          <DeletedDialog model={model} close={() => showDeleted(false)} />
        </Suspense>
      )}
    </>
  );
}
