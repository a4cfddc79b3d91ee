/** The person's menu: light or dark, row height, shortcuts, log out. */
import { Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { ChevronsUpDown, Keyboard, LogOut, Monitor, Moon, Sun, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useBoot } from '../rpc/boot';
import { Avatar } from '../widgets/Avatar';
import { tell } from './feedback';
import { showPanel } from './panels';
import { prefer, preferences, type Density } from './preferences';

const SCHEMES: [MantineColorScheme, string, LucideIcon][] = [
  ['light', 'Light', Sun],
  ['dark', 'Dark', Moon],
  ['auto', 'System', Monitor],
];
const DENSITIES: [Density, string][] = [
  ['compact', 'Compact'],
  ['normal', 'Normal'],
  ['comfortable', 'Roomy'],
];

async function logOut(csrf: string): Promise<void> {
  try {
    await fetch('/logout', { method: 'POST', credentials: 'same-origin', headers: { 'X-CSRF-Token': csrf } });
    location.assign('/login');
  } catch (error) {
    tell(error);
  }
}

function Scheme(): ReactNode {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <div className="tn-theme" role="radiogroup" aria-label="Light or dark">
      {SCHEMES.map(([value, label, Shape]) => (
        <button
          key={value}
          type="button"
          role="radio"
          aria-checked={colorScheme === value}
          onClick={() => setColorScheme(value)}
        >
          <Shape size={14} aria-hidden /> {label}
        </button>
      ))}
    </div>
  );
}

function RowHeight(): ReactNode {
  const { density } = preferences.use();
  return (
    <div className="tn-theme" role="radiogroup" aria-label="Row height">
      {DENSITIES.map(([value, label]) => (
        <button
          key={value}
          type="button"
          role="radio"
          aria-checked={density === value}
          onClick={() => prefer({ density: value })}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

export function UserMenu({ folded }: { folded: boolean }): ReactNode {
  const { user, csrf } = useBoot();
  return (
    <Menu width={248} position={folded ? 'right-end' : 'top-start'}>
      <Menu.Target>
        <button type="button" className="tn-user" aria-label={folded ? user.name : undefined} title="Your menu">
          <Avatar title={user.name} size={22} />
          <span className="tn-cut tn-user-name">{user.name}</span>
          <ChevronsUpDown size={14} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.login}</Menu.Label>
        <Scheme />
        <Menu.Label>Row height</Menu.Label>
        <RowHeight />
        <Menu.Divider />
        <Menu.Item leftSection={<Keyboard size={15} />} rightSection="?" onClick={() => showPanel('shortcuts')}>
          Keyboard shortcuts
        </Menu.Item>
        <Menu.Item leftSection={<LogOut size={15} />} onClick={() => void logOut(csrf)}>
          Log out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
