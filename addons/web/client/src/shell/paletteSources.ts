/** What the palette offers: menus, actions, records lately seen, and records found by name. */
import { useQuery } from '@tanstack/react-query';
import { useBoot } from '../rpc/boot';
import { nameSearch } from '../rpc/records';
import type { ActionInfo, Boot, MenuItem } from '../rpc/types';
import { useRegistry } from '../registry/registry';
import { navigate, parseUrl, type Place } from './location';
import { preferences } from './preferences';
import { activeShortcuts } from './shortcuts';

export interface Choice {
  key: string;
  group: string;
  title: string;
  detail?: string;
  icon?: string;
  /** A record shows its avatar instead of an icon. */
  record?: boolean;
  run: () => void;
}
/** What an addon adds to the category `commands`. */
export interface Command {
  label: string;
  icon?: string;
  run: () => void;
}

const place = (name: string, id?: number | 'new'): Place => ({
  crumbs: [id === undefined ? { name } : { name, id }],
  params: new URLSearchParams(),
});

function menuChoices(boot: Boot): Choice[] {
  const walk = (items: MenuItem[], path: string[]): Choice[] =>
    items.flatMap((item) => {
      const to = item.action ? place(item.action) : item.url?.startsWith('/app/') ? parseUrl(item.url) : null;
      const here: Choice[] = to
        ? [
            {
              key: `menu ${item.id}`,
              group: 'Go to',
              title: item.title,
              detail: path.join(' › '),
              icon: item.icon,
              run: () => void navigate(to),
            },
          ]
        : [];
      return [...here, ...walk(item.menus ?? [], [...path, item.title])];
    });
  return walk(boot.apps, []);
}

/** The actions in the order in which the menus show them, those without a menu last. */
function inMenuOrder(boot: Boot): ActionInfo[] {
  const found: string[] = [];
  const visit = (menus: MenuItem[]): void =>
    menus.forEach((menu) => {
      if (menu.action) found.push(menu.action);
      visit(menu.menus ?? []);
    });
  for (const app of boot.apps) visit(app.menus ?? []);
  return [...new Set([...found, ...Object.keys(boot.actions)])].flatMap((id) => boot.actions[id] ?? []);
}

/** One action per model: the first that the menus show. */
function primaryActions(boot: Boot): ActionInfo[] {
  const byModel = new Map<string, ActionInfo>();
  for (const action of inMenuOrder(boot)) if (!byModel.has(action.model)) byModel.set(action.model, action);
  return [...byModel.values()];
}

function pageChoices(): Choice[] {
  return activeShortcuts
    .get()
    .filter((each) => each.group === 'This page' || each.group === 'Everywhere')
    .filter((each) => each.keys !== 'mod+k')
    .map((each) => ({
      key: `do ${each.keys} ${each.label}`,
      group: 'Actions',
      title: each.label,
      icon: 'activity',
      run: () => each.run(new KeyboardEvent('keydown')),
    }));
}

/** Every word of the text somewhere in the title, the whole title's beginning first. */
export function ranked(choices: Choice[], text: string): Choice[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const score = (choice: Choice): number => {
    const title = choice.title.toLowerCase();
    const whole = `${title} ${choice.detail?.toLowerCase() ?? ''}`;
    if (!words.every((word) => whole.includes(word))) return -1;
    return title.startsWith(words[0] ?? '') ? 2 : Number(words.every((word) => title.includes(word)));
  };
  return choices
    .map((choice) => ({ choice, rank: score(choice) }))
    .filter((each) => each.rank >= 0)
    .sort((a, b) => b.rank - a.rank)
    .map((each) => each.choice);
}

async function recordChoices(boot: Boot, text: string): Promise<Choice[]> {
  const actions = primaryActions(boot).slice(0, 8);
  const found = await Promise.allSettled(actions.map((action) => nameSearch(action.model, text, [], 4)));
  return found.flatMap((answer, at) => {
    const action = actions[at] as ActionInfo;
    if (answer.status === 'rejected') return [];
    return answer.value
      .filter((ref) => ref.id !== null)
      .map((ref): Choice => ({
        key: `record ${action.model} ${ref.id}`,
        group: 'Records',
        title: ref.title ?? '',
        detail: action.title,
        record: true,
        run: () => void navigate(place(action.id, ref.id as number)),
      }));
  });
}

/** The choices for a text, in the order they are shown. */
export function useChoices(text: string, searched: string): { choices: Choice[]; busy: boolean } {
  const boot = useBoot();
  const commands = useRegistry<Command>('commands');
  const records = useQuery({
    queryKey: ['palette', searched],
    queryFn: () => recordChoices(boot, searched),
    enabled: searched.length > 1,
    staleTime: 15_000,
    placeholderData: (previous) => previous,
  });
  const added = commands.map(({ key, value }): Choice => ({
    key: `command ${key}`,
    group: 'Actions',
    title: value.label,
    icon: value.icon ?? 'activity',
    run: value.run,
  }));
  const fresh = primaryActions(boot).map((action): Choice => ({
    key: `new ${action.id}`,
    group: 'Actions',
    title: `New record in ${action.title}`,
    icon: 'file-text',
    run: () => void navigate(place(action.id, 'new')),
  }));
  const recent = preferences.get().recent.map((each): Choice => ({
    key: `recent ${each.name} ${each.id}`,
    group: 'Lately',
    title: each.title,
    detail: boot.actions[each.name]?.title,
    record: true,
    run: () => void navigate(place(each.name, each.id)),
  }));
  const fixed = [...menuChoices(boot), ...pageChoices(), ...added];
  if (!text.trim()) return { choices: [...recent.slice(0, 5), ...fixed], busy: false };
  const found = searched.length > 1 ? (records.data ?? []) : [];
  return {
    choices: [...ranked(fixed, text).slice(0, 8), ...found, ...ranked(fresh, text).slice(0, 4)],
    busy: records.isFetching,
  };
}
