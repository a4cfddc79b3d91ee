/** The left side: tenant, search, the apps with their menus, the person. */
import { Tooltip } from '@mantine/core';
import { ChevronRight, PanelLeft, Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { useBoot } from '../rpc/boot';
import type { MenuItem } from '../rpc/types';
import { Boundary } from '../registry/Boundary';
import { useRegistry } from '../registry/registry';
import { Icon } from './icons';
import { formatPlace, navigate, parseUrl, usePlace, type Place } from './location';
import { showPanel } from './panels';
import { fold, prefer, preferences } from './preferences';
import { keyNames } from './shortcuts';
import { UserMenu } from './UserMenu';
import './sidebar.css';

/** A heading over more menus than this is closed at first. */
const FEW_MENUS = 3;

export const actionPlace = (action: string): Place => ({ crumbs: [{ name: action }], params: new URLSearchParams() });

/** The first action at or below a menu item. */
export function firstAction(item: MenuItem): string | null {
  if (item.action) return item.action;
  for (const child of item.menus ?? []) {
    const action = firstAction(child);
    if (action) return action;
  }
  return null;
}

const holds = (item: MenuItem, action: string | undefined): boolean =>
  action !== undefined && (item.action === action || (item.menus ?? []).some((child) => holds(child, action)));

/** A menu that leads to an address: another page of the client, or one outside of it. */
function AddressEntry({ item, current, onGo }: EntryProps): ReactNode {
  const inside = item.url?.startsWith('/app/');
  const go = (event: React.MouseEvent): void => {
    if (!inside || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onGo();
    void navigate(parseUrl(item.url ?? ''));
  };
  return (
    <li>
      <a
        className="tn-side-item"
        href={item.url}
        aria-current={inside && item.url === `/app/${current}` ? 'page' : undefined}
        onClick={go}
      >
        <Icon name={item.icon} title={item.title} />
        <span className="tn-cut">{item.title}</span>
      </a>
    </li>
  );
}

/** Open or closed: as the person left it, else as it is at first. */
function useOpen(id: string, atFirst: boolean): [boolean, () => void] {
  const { menus } = preferences.use();
  const open = menus[id] ?? atFirst;
  return [open, () => prefer({ menus: { ...menus, [id]: !open } })];
}

interface EntryProps {
  item: MenuItem;
  current: string | undefined;
  depth?: number;
  onGo: () => void;
}

/** A heading over menus; a long list stays closed until it is wanted. */
function Heading({ item, current, depth = 0, onGo }: EntryProps): ReactNode {
  const children = item.menus ?? [];
  const [open, toggle] = useOpen(item.id, children.length <= FEW_MENUS || holds(item, current));
  return (
    <li>
      <button type="button" className="tn-side-heading" aria-expanded={open} onClick={toggle}>
        <span className="tn-cut">{item.title}</span>
        <ChevronRight size={12} data-open={open || undefined} aria-hidden />
      </button>
      {open && (
        <ul>
          {children.map((child) => (
            <Entry key={child.id} item={child} current={current} depth={depth + 1} onGo={onGo} />
          ))}
        </ul>
      )}
    </li>
  );
}

/** A menu that opens an action; one without an action is a heading over its children. */
function Entry({ item, current, depth = 0, onGo }: EntryProps): ReactNode {
  const children = item.menus ?? [];
  if (!item.action && children.length) return <Heading item={item} current={current} depth={depth} onGo={onGo} />;
  if (!item.action) return item.url ? <AddressEntry item={item} current={current} onGo={onGo} /> : null;
  const place = actionPlace(item.action);
  const go = (event: React.MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onGo();
    void navigate(place);
  };
  return (
    <li>
      <a
        className="tn-side-item"
        href={formatPlace(place)}
        aria-current={item.action === current ? 'page' : undefined}
        onClick={go}
      >
        <Icon name={item.icon} title={item.title} />
        <span className="tn-cut">{item.title}</span>
      </a>
      {children.length > 0 && (
        <ul>
          {children.map((child) => (
            <Entry key={child.id} item={child} current={current} depth={depth + 1} onGo={onGo} />
          ))}
        </ul>
      )}
    </li>
  );
}

function AppSection({
  app,
  first,
  current,
  onGo,
}: {
  app: MenuItem;
  first: boolean;
  current: string | undefined;
  onGo: () => void;
}): ReactNode {
  const [open, toggle] = useOpen(app.id, first || holds(app, current));
  const menus = app.menus ?? [];
  if (menus.length === 0)
    return (
      <ul className="tn-side-app">
        <Entry item={app} current={current} onGo={onGo} />
      </ul>
    );
  return (
    <section className="tn-side-app" aria-label={app.title}>
      <button type="button" className="tn-side-title" aria-expanded={open} onClick={toggle}>
        <span className="tn-cut">{app.title}</span>
        <ChevronRight size={12} data-open={open || undefined} aria-hidden />
      </button>
      {open && (
        <ul>
          {menus.map((item) => (
            <Entry key={item.id} item={item} current={current} onGo={onGo} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** The folded sidebar: one icon per app. */
function AppIcon({ app, current }: { app: MenuItem; current: string | undefined }): ReactNode {
  const action = firstAction(app);
  if (!action) return null;
  return (
    <Tooltip label={app.title} position="right">
      <a
        className="tn-side-item"
        href={formatPlace(actionPlace(action))}
        aria-label={app.title}
        aria-current={holds(app, current) ? 'page' : undefined}
        onClick={(event) => {
          event.preventDefault();
          void navigate(actionPlace(action));
        }}
      >
        <Icon name={app.icon} title={app.title} size={18} />
      </a>
    </Tooltip>
  );
}

function Systray({ folded }: { folded: boolean }): ReactNode {
  const entries = useRegistry<() => ReactNode>('systray');
  if (entries.length === 0 || folded) return null;
  return (
    <div className="tn-systray">
      {entries.map(({ key, value: Item }) => (
        <Boundary key={key} name={key}>
          <Item />
        </Boundary>
      ))}
    </div>
  );
}

interface Props {
  folded: boolean;
  onGo?: () => void;
}

export function Sidebar({ folded, onGo = () => undefined }: Props): ReactNode {
  const boot = useBoot();
  const current = usePlace().crumbs[0]?.name;
  const title = boot.tenant.title || boot.tenant.name;
  return (
    <nav className="tn-side" data-folded={folded || undefined} aria-label="Apps">
      <div className="tn-side-top">
        <span className="tn-logo" aria-hidden>
          {title.slice(0, 1).toUpperCase()}
        </span>
        <strong className="tn-cut tn-side-tenant" title={title}>
          {title}
        </strong>
        <button
          type="button"
          className="tn-icon-btn tn-side-fold"
          aria-label={folded ? 'Show the sidebar' : 'Fold the sidebar'}
          onClick={fold}
        >
          <PanelLeft size={16} strokeWidth={1.75} aria-hidden />
        </button>
      </div>
      <button
        type="button"
        className="tn-side-search"
        aria-label={folded ? 'Search' : undefined}
        onClick={() => {
          onGo();
          showPanel('palette');
        }}
      >
        <Search size={15} strokeWidth={1.75} aria-hidden />
        <span>Search</span>
        <kbd className="tn-kbd">{keyNames('mod+k').join(' ')}</kbd>
      </button>
      <div className="tn-side-apps">
        {folded
          ? boot.apps.map((app) => <AppIcon key={app.id} app={app} current={current} />)
          : boot.apps.map((app, at) => (
              <AppSection key={app.id} app={app} first={at === 0} current={current} onGo={onGo} />
            ))}
      </div>
      <Systray folded={folded} />
      <UserMenu folded={folded} />
    </nav>
  );
}
