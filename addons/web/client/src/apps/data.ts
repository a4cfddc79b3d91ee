/** Apps as the server tells them, what stands in which group, and how an operation goes on. Pure but for the calls. */
import { page } from '../rpc/call';

export type Kind = 'install' | 'uninstall';
const STEPS: Record<string, (title: string) => string> = {
  install: (title) => `Install ${title}`,
  uninstall: (title) => `Uninstall ${title}`,
  upgrade: (title) => `Upgrade ${title}`,
  restore: (title) => `Bring ${title} back with what was kept of it`,
};
export interface AppInfo {
  name: string;
  title: string;
  summary: string;
  version: string;
  icon: string;
  category: string;
  state: 'installed' | 'available' | 'suggested' | 'broken';
  depends: string[];
  bridges: string[];
  faults: unknown[];
}
export interface Operation {
  id: number;
  kind: Kind;
  addons: string[];
  state: string;
  /** 0 to 100, or a fraction. */
  progress: number;
  text: string;
  error: string;
}
export interface AppList {
  apps: AppInfo[];
  operations: Operation[];
}
export interface Step {
  step: string;
  text: string;
  addon?: string;
}
/** What an app has: in words, with the number of records where it is counted. */
export interface Item {
  addon: string;
  text: string;
  rows: number | null;
}
export interface Line {
  text: string;
  count: string;
}
export interface Plan {
  plan: Step[];
  keeps: Item[];
  goes: Item[];
  stops?: Item[];
  stays?: Item[];
  notes?: string[];
  suggested?: string[];
}
export interface Group {
  title: string;
  note: string;
  apps: AppInfo[];
}

export const readApps = (): Promise<AppList> => page('/web/apps');
/** What is asked for; `cascade` takes away what needs these apps, too. */
export interface Wish {
  kind: Kind | 'refuse';
  addons: string[];
  cascade?: boolean;
}
export const readPlan = (wish: Wish): Promise<Plan> => page('/web/apps/plan', wish);
export const runOperation = (wish: Wish): Promise<{ operation: number }> => page('/web/apps/run', wish);
export const readOperation = (id: number): Promise<Operation> => page(`/web/apps/operations/${id}`);

const FAILED = /^(failed|error|cancelled|refused)$/;
export const isFailed = (operation: Operation): boolean => FAILED.test(operation.state);
export const isOver = (operation: Operation): boolean =>
  isFailed(operation) || /^(done|finished|succeeded)$/.test(operation.state);

/** Percent, whichever way it is told. */
export function percent(operation: Operation): number {
  if (isOver(operation) && !isFailed(operation)) return 100;
  const value = Number(operation.progress) || 0;
  return Math.min(100, Math.max(0, Math.round(value > 0 && value <= 1 ? value * 100 : value)));
}

/** A fault as a text, with where it is. */
export function faultText(fault: unknown): string {
  if (typeof fault === 'string') return fault;
  const { path, line, text } = (fault ?? {}) as { path?: string; line?: number; text?: string };
  return [path && `${path}${line ? `:${line}` : ''}`, text ?? JSON.stringify(fault)].filter(Boolean).join(' ');
}

const byTitle = (a: AppInfo, b: AppInfo): number => a.title.localeCompare(b.title);

/** Apps in groups; words must all be found in the title, the summary or the category. */
export function grouped(apps: readonly AppInfo[], text: string): Group[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = apps
    .filter((app) =>
      words.every((word) => `${app.title} ${app.summary} ${app.category} ${app.name}`.toLowerCase().includes(word)),
    )
    .sort(byTitle);
  const of = (...states: AppInfo['state'][]): AppInfo[] => found.filter((app) => states.includes(app.state));
  return [
    { title: 'Suggested', note: 'They join apps that you have.', apps: of('suggested') },
    { title: 'Installed', note: '', apps: of('installed') },
    { title: 'Available', note: '', apps: [...of('available'), ...of('broken')] },
  ].filter((group) => group.apps.length > 0);
}

/** Titles as a person lists them: "CRM, Booking and Web". */
export function listed(names: readonly string[], apps: readonly AppInfo[]): string {
  const titles = names.map((name) => apps.find((app) => app.name === name)?.title ?? name);
  return titles.length < 2 ? (titles[0] ?? '') : `${titles.slice(0, -1).join(', ')} and ${titles.at(-1)}`;
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A step of a plan as a sentence, with the app's own title. */
export function stepText(step: Step, apps: readonly AppInfo[]): string {
  const title = apps.find((app) => app.name === step.addon)?.title;
  return (title && STEPS[step.step]?.(title)) || sentence(step.text);
}

/** Items of a plan: one app alone needs no title, others get theirs. */
export function itemLines(items: readonly Item[] = [], apps: readonly AppInfo[], alone: boolean): Line[] {
  return items.map((item) => {
    const title = apps.find((app) => app.name === item.addon)?.title ?? item.addon;
    return {
      text: alone ? sentence(item.text) : `${title}: ${item.text}`,
      count: item.rows === null ? '' : item.rows.toLocaleString(),
    };
  });
}

/** Lines of a plan begin with an addon's name; one app alone needs none, others get their title. */
export function titled(lines: readonly string[], apps: readonly AppInfo[], alone: boolean): string[] {
  return lines.map((line) => {
    const [, name, text] = /^([a-z0-9_]+): (.+)$/.exec(line) ?? [];
    const app = apps.find((each) => each.name === name);
    if (!app || !text) return sentence(line);
    return alone ? sentence(text) : `${app.title}: ${text}`;
  });
}

/** What the client itself stands on cannot be taken away from inside of it. */
export function foundations(apps: readonly AppInfo[]): ReadonlySet<string> {
  const below = new Set<string>();
  const add = (name: string): void => {
    if (below.has(name)) return;
    below.add(name);
    apps.find((app) => app.name === name)?.depends.forEach((each) => add(each.split(' ')[0] ?? each));
  };
  add('web');
  return below;
}

/** Installed apps that need one, also by way of others: what goes with it. */
export function needing(name: string, apps: readonly AppInfo[]): string[] {
  const found = new Set<string>();
  const look = (needed: string): void => {
    for (const app of apps) {
      const needs = [...app.depends, ...app.bridges].map((each) => each.split(' ')[0]);
      if (app.state !== 'installed' || found.has(app.name) || !needs.includes(needed)) continue;
      found.add(app.name);
      look(app.name);
    }
  };
  look(name);
  return [...found];
}
