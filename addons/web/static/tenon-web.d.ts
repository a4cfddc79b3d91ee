/**
 * Types of `@tenon/web`: what the client offers to the modules of addons (`static/web/main.js`).
 *
 * `tenon addon new NAME --template widget` puts a copy into `client/`, where editors and `tsc` find it. The client's
 * own build holds that it is what the client has.
 */

/** What a component gives: made by `html`, a text, a number, a list of those, or nothing. */
export type Rendered = any;
export type Component<P = {}> = (props: P) => Rendered;

/** Templates without JSX: html`<${Component} size=${4}>text<//>`. */
export const html: (strings: TemplateStringsArray, ...values: any[]) => Rendered;

/** React itself, of which there is one copy for the client and all addons. */
export const React: {
  readonly createElement: (type: any, props?: any, ...children: any[]) => Rendered;
  readonly Fragment: any;
  useState<S>(initial: S | (() => S)): [S, (next: S | ((before: S) => S)) => void];
  useEffect(effect: () => void | (() => void), needs?: readonly unknown[]): void;
  useMemo<T>(make: () => T, needs: readonly unknown[]): T;
  useCallback<F extends (...args: any[]) => any>(callback: F, needs: readonly unknown[]): F;
  useRef<T>(initial: T): { current: T };
  useId(): string;
};

// -- what addons add ---------------------------------------------------------------------------------------------
export interface AddOptions {
  /** Lower comes first; 50 unless told. */
  sequence?: number;
  /** Replace what is there instead of failing. */
  force?: boolean;
}
export interface Category<T> {
  /** Add under a key that begins with the addon's name: "loyalty.stars". */
  add(key: string, value: T, options?: AddOptions): void;
  get(key: string): T | undefined;
  all(): { key: string; value: T; sequence: number }[];
}
/** A line of the palette (Ctrl+K). */
export interface Command {
  label: string;
  icon?: string;
  run: () => void;
}
/** What each category of the registry holds. */
export interface Categories {
  /** Named by `widget = "loyalty.stars"` in a view. */
  widgets: Component<WidgetProps>;
  commands: Command;
  /** Shown above the person's name. */
  systray: Component;
}
export const registry: {
  category<K extends keyof Categories>(name: K): Category<Categories[K]>;
  category<T = unknown>(name: string): Category<T>;
};
/** The entries of a category, in order; renders again when one is added. */
export function useRegistry<T>(name: string): { key: string; value: T; sequence: number }[];
/** One entry of a category, or undefined while nobody has added it. */
export function useEntry<T>(name: string, key: string | undefined): T | undefined;
/** Keeps what fails inside from taking the page with it; `name` says whose it is. */
export const Boundary: new (props: { name: string; children: Rendered }) => any;

// -- widgets -----------------------------------------------------------------------------------------------------
export interface WidgetProps {
  /** In wire form: a decimal is a text, a relation `{ id, title }` or a list of those. */
  value: unknown;
  /** The other values that the screen has read. */
  record: { id?: number; [field: string]: unknown };
  field: FieldInfo;
  /** True in lists, and where the field may not be set. */
  readonly: boolean;
  /** The person has decided: saved at once on a stored record. */
  onChange: (value: unknown) => void;
}
export interface FieldInfo {
  name: string;
  type: string;
  label: string;
  required?: boolean;
  readonly?: boolean;
  help?: string;
  nullable?: boolean;
  comodel?: string | null;
  selection?: readonly (readonly [string, string])[];
  digits?: readonly [number, number] | null;
}
/** A record's letters in a coloured circle; `square` for organisations. */
export const Avatar: Component<{ title: string; size?: number; square?: boolean }>;
/** A value as lists show it. */
export const Value: Component<{ field: any; value: unknown; record: any; quiet?: boolean; exact?: boolean }>;

// -- the server --------------------------------------------------------------------------------------------------
/** Call an exposed method: `rpc("crm.contact", "search_read", { domain: [], spec: { name: {} } })`. */
export function rpc<T = unknown>(model: string, method: string, params?: object): Promise<T>;
/** The server refused: `message` says what, `hint` what to do. */
export class RpcError extends Error {
  constructor(...values: any[]);
  readonly status: number;
  readonly code: string;
  readonly hint: string;
  readonly field: string | null;
  readonly record: number | null;
  readonly details: Record<string, unknown>;
  readonly requestId: string;
}
/** The request did not reach the server, or its answer did not reach us. */
export class OfflineError extends Error {}
/** Who, where, which apps. */
export function useBoot(): {
  user: { id: number; name: string; login: string; language: string; tz: string };
  tenant: { name: string; title: string };
  company: { id: number; name: string; currency: { code: string; symbol: string; decimals: number } };
};
/** The views of a model, as a query of @tanstack/react-query. */
export function useViews(model: string, variant?: string | null, enabled?: boolean): { data?: any; isPending: boolean };
/** Tell every list, board and form of a model that its records changed. */
export function useStale(): (model: string) => void;
/** Keys of the client's queries, for `useQuery` of one's own. */
export const keys: {
  model: (model: string) => unknown[];
  rows: (model: string, ...rest: unknown[]) => unknown[];
  record: (model: string, id: number, ...rest: unknown[]) => unknown[];
  groups: (model: string, ...rest: unknown[]) => unknown[];
};

// -- the person --------------------------------------------------------------------------------------------------
export interface NotifyOptions {
  hint?: string;
  tone?: "plain" | "success" | "error";
  action?: { label: string; run: () => void };
  /** A newer toast about the same takes this one's place. */
  topic?: string;
  /** Milliseconds until it goes by itself. */
  life?: number;
}
/** Show a toast. */
export function notify(text: string, options?: NotifyOptions): number;
/** Say something to a screen reader without showing it. */
export function say(text: string): void;
/** Ask a yes or no question. */
export function ask(question: {
  title: string;
  text?: string;
  confirm: string;
  cancel?: string;
  danger?: boolean;
}): Promise<boolean>;
/** Tell an error: a toast where the person can mend it, else a dialog. */
export function tell(error: unknown): void;

// -- places ------------------------------------------------------------------------------------------------------
export interface Place {
  crumbs: { name: string; id?: number | "new" }[];
  params: URLSearchParams;
}
/** Go somewhere; resolves when it is shown, or the person chose to stay. */
export function navigate(place: Place, options?: { replace?: boolean }): Promise<void>;
/** The place of a record, behind the place of now. */
export function recordPlace(name: string, id: number | "new", place?: Place): Place;
export function usePlace(): Place;
/** Keys that work while the component is shown: `mod+k`, `?`, `escape`. */
export function useShortcuts(
  shortcuts: readonly {
    keys: string;
    label: string;
    group: string;
    run: (event: KeyboardEvent) => void;
    typing?: boolean;
  }[],
): void;
/** The head of a page: the trail, a note, what stands in the middle, and at the end. */
export const PageHead: Component<any>;
/** The switch between kinds of views. */
export const ViewSwitch: Component<{ kinds: string[]; current: string }>;
/** What a view of one's own kind gets. */
export interface ViewProps {
  action: { id: string; title: string; model: string };
  views: any;
  kinds: string[];
}

// -- conditions --------------------------------------------------------------------------------------------------
/** A domain in wire form: `[["state", "=", "open"]]`. */
export type WireDomain = readonly unknown[];
export function allOf(...domains: (WireDomain | null | undefined)[]): WireDomain;
export function anyOf(...domains: (WireDomain | null | undefined)[]): WireDomain;
/** Whether a record fulfils a domain. */
export function matches(domain: WireDomain | null | undefined, record: Record<string, unknown>, scope: Scope): boolean;
/** What a domain may ask for besides the record. */
export interface Scope {
  user: number | null;
  companies: readonly number[];
  today: string;
  now: string;
}
