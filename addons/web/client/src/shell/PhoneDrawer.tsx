/** The sidebar on a phone: it slides in from the left. */
import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { panels, showPanel } from './panels';
import { Sidebar } from './Sidebar';

export default function PhoneDrawer(): ReactNode {
  const { drawer } = panels.use();
  const close = (): void => showPanel('drawer', false);
  return (
    <Drawer
      opened={drawer}
      onClose={close}
      size={288}
      withCloseButton={false}
      title="Apps and menus"
      classNames={{ body: 'tn-side-drawer', header: 'tn-sr' }}
      styles={{ body: { height: '100%' } }}
    >
      <Sidebar folded={false} onGo={close} />
    </Drawer>
  );
}
