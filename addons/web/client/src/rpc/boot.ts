/** What the server tells once, when the page loads: who, where, which apps. */
import { createContext, useContext, useMemo } from 'react';
import { todayIn, type Scope } from '../domain';
import { fetchBoot, setToken } from './call';
import { Store } from '../store';
import type { ActionInfo, Boot, Fields, MenuItem } from './types';

export const BootContext = createContext<Boot | null>(null);
/** The boot data of now: read anew after an addon came or went. */
export const currentBoot = new Store<Boot | null>(null);

/** The boot data in the page, else fetched (development server). */
export async function loadBoot(): Promise<Boot> {
  const inline = document.getElementById('tenon-boot')?.textContent;
  if (!inline) return fetchBoot();
  const boot = JSON.parse(inline) as Boot;
  setToken(boot.csrf);
  return boot;
}

export function useBoot(): Boot {
  const boot = useContext(BootContext);
  if (!boot) throw new Error('useBoot() stands outside of the client.');
  return boot;
}

/** What conditions of views are evaluated with. */
export function useScope(fields?: Fields): Scope {
  const boot = useBoot();
  return useMemo(() => scopeOf(boot, fields), [boot, fields]);
}

export function scopeOf(boot: Boot, fields?: Fields): Scope {
  const now = new Date();
  return {
    user: boot.user.id,
    companies: [boot.company.id],
    company: boot.company.id,
    today: todayIn(boot.user.tz, now),
    now: now.toISOString(),
    fields,
  };
}

/** The title of a page that a menu leads to by its address: `/app/apps`. */
function pageTitle(items: readonly MenuItem[], name: string): string {
  for (const item of items) {
    const title = item.url === `/app/${name}` ? item.title : pageTitle(item.menus ?? [], name);
    if (title) return title;
  }
  return '';
}

/** The action of a crumb: by its own name, or the first that shows the model of that name. */
export function actionFor(boot: Boot, name: string): ActionInfo {
  const known = boot.actions[name];
  if (known) return known;
  const ofModel = Object.values(boot.actions).find((action) => action.model === name);
  return {
    id: name,
    title: ofModel?.title ?? pageTitle(boot.apps, name),
    model: name,
    views: ['list', 'form'],
    help: ofModel?.help,
  };
}
