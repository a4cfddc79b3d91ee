/** Reads the events of some days and changes them: first on the screen, then on the server, back if it refuses. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { allOf } from '../../domain';
import { useBoot, useScope } from '../../rpc/boot';
import { conflictOf, RpcError } from '../../rpc/errors';
import { client, keys, useStale, viewsQuery } from '../../rpc/queries';
import { callMethod, read, searchRead, write, type Changes } from '../../rpc/records';
import type { Id, Page, Rec, Ref, WireDomain } from '../../rpc/types';
import { notify, say, tell } from '../../shell/feedback';
import type { ViewSet } from '../data';
import { toWire } from '../form/values';
import { calendarSpec } from '../spec';
import type { CalendarData } from './data';
import type { Span } from './drag';
import { eventOf, type CalendarEvent } from './events';
import { dayRange, spotOf } from './time';
import { rangeText, slotsText, whenText } from './words';

/** More events than this in one week are for a list, not for a calendar. */
export const MOST = 1000;
const MOST_RESOURCES = 60;

/** What an event is to become. */
export interface Wanted {
  span: Span;
  resources: Id[];
}
export interface Clash {
  event: CalendarEvent;
  wanted: Wanted;
  theirs: CalendarEvent;
  who: string;
}

/** The resources that events are held by, in their own order. */
export function useResources(views: ViewSet, data: CalendarData): { resources: Ref[]; ready: boolean; error: unknown } {
  const model = (data.resource && views.fields[data.resource]?.comodel) || '';
  const query = useQuery({
    queryKey: keys.rows(model, 'columns'),
    enabled: Boolean(model),
    staleTime: 60_000,
    queryFn: async (): Promise<Ref[]> => {
      const { title } = await client.fetchQuery(viewsQuery(model));
      const page = await searchRead(model, { domain: [], spec: { [title]: {} }, limit: MOST_RESOURCES, offset: 0 });
      return page.records.map((record) => ({ id: record.id, title: String(record[title] ?? '') }));
    },
  });
  return { resources: query.data ?? [], ready: !model || !query.isPending, error: query.error };
}

export type OpenHours = Record<string, [string, string][]>;

/** When resources are open, if their model tells it. */
export function useOpenHours(
  views: ViewSet,
  data: CalendarData,
  ids: readonly Id[],
  range: [string, string],
): OpenHours | null {
  const model = (data.resource && views.fields[data.resource]?.comodel) || '';
  const query = useQuery({
    queryKey: keys.rows(model, 'hours', ids, range),
    enabled: Boolean(model && data.hours && ids.length),
    staleTime: 60_000,
    retry: false,
    queryFn: () => callMethod<OpenHours>(model, data.hours ?? '', [...ids], { start: range[0], end: range[1] }),
  });
  return query.data ?? null;
}

function changesTo(event: CalendarEvent, wanted: Wanted, views: ViewSet, data: CalendarData): Changes {
  const changes: Changes = {};
  if (wanted.span.start !== event.start) changes[data.start] = { from: event.start, to: wanted.span.start };
  if (wanted.span.end !== event.end) changes[data.end] = { from: event.end, to: wanted.span.end };
  const field = data.resource ? views.fields[data.resource] : undefined;
  if (field && [...wanted.resources].sort().join() !== [...event.resources].sort().join()) {
    const many = field.type === 'many2many';
    const refs = wanted.resources.map((id) => ({ id }));
    changes[field.name] = {
      from: many ? event.resources : (event.resources[0] ?? null),
      to: toWire(field, many ? refs : (refs[0] ?? null)),
    };
  }
  return changes;
}

export interface CalendarState {
  events: CalendarEvent[];
  ready: boolean;
  error: unknown;
  cut: boolean;
  retry: () => void;
  move: (event: CalendarEvent, wanted: Wanted) => Promise<void>;
  clash: Clash | null;
  settle: (mine: boolean) => void;
  /** The events that are being saved. */
  saving: ReadonlySet<Id>;
}

export function useCalendar(
  views: ViewSet,
  data: CalendarData,
  domain: WireDomain,
  days: readonly string[],
  names: (id: Id) => string,
): CalendarState {
  const { user } = useBoot();
  const zone = user.tz || undefined;
  const scope = useScope(views.fields);
  const cache = useQueryClient();
  const stale = useStale();
  const spec = useMemo(() => calendarSpec(views), [views]);
  const [clash, setClash] = useState<Clash | null>(null);
  const [saving, setSaving] = useState<ReadonlySet<Id>>(new Set());
  const first = days[0] ?? '';
  const pageOf = (day: string) => {
    const [from, to] = dayRange(day, zone, days.length);
    return {
      queryKey: [...keys.model(views.model), 'calendar', domain, day, days.length],
      queryFn: (): Promise<Page> =>
        searchRead(views.model, {
          domain: allOf(domain, [data.start, '<', to], [data.end, '>', from]),
          spec,
          order: data.start,
          limit: MOST,
          offset: 0,
        }),
    };
  };
  const key = pageOf(first).queryKey;
  const query = useQuery(pageOf(first));
  const loaded = query.data !== undefined;
  // The pages beside this one, so that an arrow key shows the next day at once.
  useEffect(() => {
    if (!loaded) return undefined;
    const timer = setTimeout(
      () =>
        [-1, 1].forEach((step) => {
          const away = new Date(Date.parse(`${first}T00:00:00Z`) + step * days.length * 86_400_000)
            .toISOString()
            .slice(0, 10);
          void cache.prefetchQuery({ ...pageOf(away), staleTime: 30_000 });
        }),
      300,
    );
    return () => clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [loaded, first, days.length, domain]);

  const toEvent = (record: Rec): CalendarEvent | null => eventOf(record, views, data, scope);
  const events = useMemo(
    () => (query.data?.records ?? []).flatMap((record) => toEvent(record) ?? []),
    [query.data, views, scope],
  );

  const put = (record: Rec): void =>
    void cache.setQueryData<Page>(
      key,
      (page) =>
        page && {
          ...page,
          records: page.records.map((each) => (each.id === record.id ? { ...each, ...record } : each)),
        },
    );
  const mark = (id: Id, on: boolean): void =>
    setSaving((now) => {
      const next = new Set(now);
      if (on) next.add(id);
      else next.delete(id);
      return next;
    });

  const changed = (event: CalendarEvent, wanted: Wanted): Rec => {
    const field = data.resource ? views.fields[data.resource] : undefined;
    const refs = wanted.resources.map((id) => ({ id, title: names(id) }));
    return {
      ...event.record,
      [data.start]: wanted.span.start,
      [data.end]: wanted.span.end,
      ...(field ? { [field.name]: field.type === 'many2many' ? refs : (refs[0] ?? null) } : {}),
    };
  };

  const refused = async (event: CalendarEvent, wanted: Wanted, error: unknown): Promise<void> => {
    const conflict = conflictOf(error);
    if (conflict) {
      const [record] = await read(views.model, [event.id], spec).catch(() => []);
      const theirs = record && toEvent(record);
      if (theirs) {
        put(theirs.record);
        return setClash({ event, wanted, theirs, who: conflict.who || 'Somebody' });
      }
    }
    say(`${event.title} is back at ${rangeText(event, zone, user.language)}.`);
    const free = error instanceof RpcError ? slotsText(error, zone, user.language) : '';
    if (free && error instanceof RpcError) notify(error.message, { hint: free, tone: 'error', life: 12_000 });
    else tell(error);
  };

  /** Where an event is now: as much of it as has changed. */
  const landed = (before: CalendarEvent, after: CalendarEvent): string => {
    const when =
      spotOf(before.start, zone).day === spotOf(after.start, zone).day
        ? rangeText(after, zone, user.language)
        : whenText(after, zone, user.language);
    const fresh = after.resources.filter((id) => !before.resources.includes(id));
    return [when, ...fresh.map(names)].join(', ');
  };

  const move = async (event: CalendarEvent, wanted: Wanted, undo = false): Promise<void> => {
    const changes = changesTo(event, wanted, views, data);
    if (Object.keys(changes).length === 0) return;
    await cache.cancelQueries({ queryKey: key });
    put(changed(event, wanted));
    mark(event.id, true);
    try {
      const saved = await write(views.model, event.id, changes, spec);
      put(saved);
      stale(views.model);
      const after = toEvent(saved);
      const back = { span: { start: event.start, end: event.end }, resources: event.resources };
      if (undo || !after) notify('Put back');
      else
        notify(`${event.title}: ${landed(event, after)}`, {
          action: { label: 'Undo', run: () => void move(after, back, true) },
        });
    } catch (error) {
      put(event.record);
      await refused(event, wanted, error);
    } finally {
      mark(event.id, false);
    }
  };

  return {
    events,
    ready: loaded,
    error: loaded ? null : query.error,
    cut: (query.data?.records.length ?? 0) >= MOST,
    saving,
    clash,
    retry: () => void query.refetch(),
    move: (event, wanted) => move(event, wanted),
    settle: (mine) => {
      setClash(null);
      if (mine && clash) void move(clash.theirs, clash.wanted);
      else stale(views.model);
    },
  };
}
