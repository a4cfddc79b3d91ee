/** What the server tells once, when the page loads: who, where, which apps. */
import { createContext, useContext, useMemo } from 'react';
import { todayIn, type Scope } from '../domain';
import { fetchBoot, setToken } from './call';
import type { ActionInfo, Boot, Fields } from './types';

export const BootContext = createContext<Boot | null>(null);

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
    today: todayIn(boot.user.tz, now),
    now: now.toISOString(),
    fields,
  };
}

/** The action of a crumb: by its own name, or the first that shows the model of that name. */
export function actionFor(boot: Boot, name: string): ActionInfo {
  const known = boot.actions[name];
  if (known) return known;
  const ofModel = Object.values(boot.actions).find((action) => action.model === name);
  return { id: name, title: ofModel?.title ?? '', model: name, views: ['list', 'form'], help: ofModel?.help };
}
