/** The calendar: a day with a column for each resource, or a week; the date, the scale and who is shown live in the URL. */
import { useMediaQuery } from '@mantine/hooks';
import { useCallback, useMemo, useRef, useState, type ReactNode } from 'react';
import { addDays, todayIn } from '../../domain';
import { useBoot } from '../../rpc/boot';
import { useStale } from '../../rpc/queries';
import type { Id, Ref, Values } from '../../rpc/types';
import { SearchBar } from '../../search/SearchBar';
import { readSearch, searchDomain } from '../../search/state';
import { Problem, type ViewProps } from '../../shell/ActionPage';
import { notify } from '../../shell/feedback';
import { navigate, recordPlace, setParams, usePlace } from '../../shell/location';
import { NewButton, PageHead, ViewSwitch } from '../../shell/PageHead';
import { PHONE } from '../../shell/screen';
import { useShortcuts } from '../../shell/shortcuts';
import { neighbours } from '../../shell/trail';
import { Avatar } from '../../widgets/Avatar';
import { Agenda } from './Agenda';
import { ClashDialog } from './ClashDialog';
import { CreateSheet } from './CreateSheet';
import type { CalendarData, Scale } from './data';
import { EventCard, type Anchor } from './EventCard';
import type { CalendarEvent, Column } from './events';
import { Grid, SCALE } from './Grid';
import { cellKey, Plan } from './Plan';
import { dayRange, daysOf, firstWeekday, momentAt, readDay, spotOf } from './time';
import { DateNav, ScaleSwitch, WhoMenu } from './Toolbar';
import { MOST, useCalendar, useOpenHours, useResources } from './useCalendar';
import { useDrag, type Free } from './useDrag';
import { exactTitle, rangeText, weekday, whenText } from './words';
import './calendar.css';
import './event.css';
import './plan.css';

const NOBODY = 'none';
/** A new event in a plan without hours begins in the morning and takes half an hour. */
const [MORNING, USUAL] = [9 * 60, 30];

function CalendarBones(): ReactNode {
  return (
    <div className="tn-cal-bones" aria-busy="true">
      {[0.3, 0.12, 0.5, 0.22, 0.4].map((top, at) => (
        <div key={at}>
          <span className="tn-bone" style={{ width: '50%' }} />
          <span className="tn-bone" style={{ marginTop: top * 300, height: 60 }} />
          <span className="tn-bone" style={{ marginTop: 40, height: 44 }} />
        </div>
      ))}
    </div>
  );
}

/** Where in time the person is, from the URL and back to it. */
function useTime(data: CalendarData, phone: boolean) {
  const { user } = useBoot();
  const { params } = usePlace();
  const today = todayIn(user.tz || undefined);
  const day = readDay(params.get('date'), today);
  const wanted = params.get('scale') as Scale | null;
  const scale: Scale = phone ? 'day' : wanted && data.scales.includes(wanted) ? wanted : (data.scales[0] ?? 'day');
  const first = firstWeekday(user.language);
  const days = useMemo(() => daysOf(scale, day, first), [scale, day, first]);
  const go = (to: string, other: Record<string, string | null> = {}): void =>
    setParams({ date: to === today ? null : to, ...other });
  return {
    today,
    day,
    scale,
    days,
    first,
    go,
    step: (by: number) => go(addDays(day, by * days.length)),
    setScale: (to: Scale) => setParams({ scale: to === data.scales[0] ? null : to }),
  };
}

function useChosen(resources: readonly Ref[]): {
  chosen: ReadonlySet<Id> | null;
  shown: Ref[];
  choose: (ids: Id[] | null) => void;
} {
  const text = usePlace().params.get('who') ?? '';
  return useMemo(() => {
    const wanted = new Set(text.split(',').filter(Boolean).map(Number));
    const some = resources.filter((each) => each.id !== null && wanted.has(each.id));
    const choose = (ids: Id[] | null): void => setParams({ who: ids ? ids.join(',') : null });
    return some.length
      ? { chosen: new Set(some.map((each) => each.id as Id)), shown: some, choose }
      : { chosen: null, shown: [...resources], choose };
  }, [text, resources]);
}

interface Columns {
  kind: 'grid' | 'plan';
  columns: Column[];
  rows: (Ref | null)[];
}

/** The columns of what is shown; events without a resource get one only where there are some. */
function useColumns(
  scale: Scale,
  days: readonly string[],
  shown: readonly Ref[],
  several: boolean,
  loose: boolean,
): Columns {
  return useMemo(() => {
    const rows: (Ref | null)[] = [...shown, ...(loose ? [null] : [])];
    const at = (row: Ref | null, day: string): Column => ({
      key: cellKey(row?.id ?? null, day),
      day,
      resource: row?.id ?? null,
      title: row?.title ?? 'Nobody',
    });
    if (!several)
      return { kind: 'grid', rows: [], columns: days.map((day) => ({ key: `${NOBODY}/${day}`, day, title: day })) };
    if (scale === 'day') return { kind: 'grid', rows, columns: rows.map((row) => at(row, days[0] ?? '')) };
    if (rows.length === 1) return { kind: 'grid', rows, columns: days.map((day) => at(rows[0] ?? null, day)) };
    return { kind: 'plan', rows, columns: rows.flatMap((row) => days.map((day) => at(row, day))) };
  }, [scale, days, shown, several, loose]);
}

function CalendarBody(props: ViewProps & { data: CalendarData }): ReactNode {
  const { action, views, kinds, data } = props;
  const { user } = useBoot();
  const { params } = usePlace();
  const zone = user.tz || undefined;
  const phone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false });
  const time = useTime(data, phone);
  const stale = useStale();
  const search = useMemo(() => readSearch(params, action, views.search), [params, action, views]);
  const domain = useMemo(() => searchDomain(search, action, views.search, views.fields), [search, action, views]);
  const { resources, ready: columnsReady, error: columnsError } = useResources(views, data);
  const { chosen, shown, choose } = useChosen(resources);
  const names = useCallback(
    (id: Id): string => resources.find((each) => each.id === id)?.title ?? `#${id}`,
    [resources],
  );
  const known = useMemo(() => new Set(resources.flatMap((each) => each.id ?? [])), [resources]);
  const state = useCalendar(views, data, domain, time.days, names);
  const events = useMemo(
    () =>
      phone && chosen ? state.events.filter((event) => event.resources.some((id) => chosen.has(id))) : state.events,
    [phone, chosen, state.events],
  );
  const loose = !chosen && events.some((event) => !event.resources.some((id) => known.has(id)));
  const { kind, columns, rows } = useColumns(
    time.scale,
    time.days,
    shown,
    Boolean(data.resource) && resources.length > 0,
    loose,
  );
  const range = useMemo(() => dayRange(time.days[0] ?? '', zone, time.days.length), [time.days, zone]);
  const hours = useOpenHours(views, data, kind === 'grid' ? shown.flatMap((each) => each.id ?? []) : [], range);
  const [card, setCard] = useState<Anchor | null>(null);
  const [fresh, setFresh] = useState<Values | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const field = data.resource ? views.fields[data.resource] : undefined;
  const locked = [data.start, data.end].some((name) => views.fields[name]?.readonly);

  const begin = (free: Free): void => {
    const plain = free.bottom === 0;
    const [top, bottom] = plain ? [MORNING, MORNING + USUAL] : [free.top, free.bottom];
    const { resource, day } = free.column;
    const ref = typeof resource === 'number' ? { id: resource, title: names(resource) } : null;
    setFresh({
      [data.start]: momentAt({ day, minute: top }, zone),
      ...(free.drawn ? { [data.end]: momentAt({ day, minute: bottom }, zone) } : {}),
      ...(field && ref ? { [field.name]: field.type === 'many2many' ? [ref] : ref } : {}),
    });
  };
  const drag = useDrag(scroller, {
    columns,
    scale: kind === 'grid' ? SCALE : 0,
    step: data.step,
    zone,
    many: field?.type === 'many2many',
    canMove: views.access.write && !locked,
    canExchange: Boolean(field && !field.readonly),
    canCreate: views.access.create,
    name: (wanted) => [whenText(wanted.span, zone, user.language), ...wanted.resources.map(names)].join(', '),
    onMove: (event, wanted) => void state.move(event, wanted),
    onDraw: begin,
  });
  const open = (event: CalendarEvent): void => {
    neighbours.set({ model: action.model, ids: events.map((each) => each.id) });
    void navigate(recordPlace(action.id, event.id));
  };
  const create = views.access.create
    ? (): void => {
        const now = spotOf(new Date().toISOString(), zone);
        const minute = time.day === now.day ? Math.min(Math.ceil((now.minute + 1) / 30) * 30, 23 * 60) : MORNING;
        begin({
          column: { key: '', day: time.day, title: '', resource: chosen?.size === 1 ? [...chosen][0] : undefined },
          top: minute,
          bottom: minute + USUAL,
          drawn: false,
        });
      }
    : undefined;
  useShortcuts([
    { keys: 't', label: 'Today', group: 'This page', run: () => time.go(time.today) },
    {
      keys: 'arrowleft',
      label: time.scale === 'day' ? 'The day before' : 'The week before',
      group: 'This page',
      run: () => time.step(-1),
    },
    {
      keys: 'arrowright',
      label: time.scale === 'day' ? 'The next day' : 'The next week',
      group: 'This page',
      run: () => time.step(1),
    },
    ...(data.scales.length > 1 && !phone
      ? [
          { keys: 'd', label: 'Day', group: 'This page', run: () => time.setScale('day') },
          { keys: 'w', label: 'Week', group: 'This page', run: () => time.setScale('week') },
        ]
      : []),
    ...(create ? [{ keys: 'n', label: 'New record', group: 'This page', run: create }] : []),
  ]);
  const show = (event: CalendarEvent, element: HTMLElement): void =>
    setCard({ id: event.id, element, box: element.getBoundingClientRect() });
  const shownEvent = card && events.find((event) => event.id === card.id);
  const shared = {
    columns,
    events,
    known,
    saving: state.saving,
    open: card?.id ?? null,
    drag,
    scroller,
    canMove: views.access.write && !locked,
    onOpen: show,
  };
  const dayHead = (day: string): ReactNode => (
    <button
      type="button"
      className="tn-cal-day"
      aria-label={exactTitle(day, user.language)}
      onClick={() => time.go(day, { scale: data.scales[0] === 'day' ? null : 'day' })}
    >
      <span>{weekday(day, user.language)}</span>
      <strong>{Number(day.slice(8))}</strong>
    </button>
  );
  const rowHead = (row: Ref | null, count: number): ReactNode => (
    <button
      type="button"
      className="tn-cal-name"
      disabled={!row}
      title={row ? `Only ${row.title}` : undefined}
      onClick={() => row?.id && choose([row.id])}
    >
      {row && <Avatar title={row.title ?? ''} size={22} />}
      <strong className="tn-cut">{row?.title ?? 'Nobody'}</strong>
      {count > 0 && <span>{count}</span>}
    </button>
  );
  const head = (column: Column): ReactNode => {
    if (time.scale === 'week') return dayHead(column.day);
    return rowHead(typeof column.resource === 'number' ? { id: column.resource, title: column.title } : null, 0);
  };
  const ready = state.ready && columnsReady;
  const error = state.error ?? columnsError;
  const searched = search.words.length > 0 || search.filters.length > 0;
  const none = ready && events.length === 0 && searched && !phone;
  return (
    <div className="tn-page tn-cal">
      <PageHead
        note={
          phone ? undefined : (
            <DateNav days={time.days} today={time.today} onStep={time.step} onToday={() => time.go(time.today)} />
          )
        }
        middle={
          <>
            <SearchBar state={search} data={views.search} fields={views.fields} />
            <WhoMenu resources={resources} chosen={chosen} label={field?.label ?? ''} onChoose={choose} />
          </>
        }
      >
        {!phone && <ScaleSwitch scales={data.scales} scale={time.scale} onScale={time.setScale} />}
        <ViewSwitch kinds={kinds} current="calendar" />
        {create && <NewButton onPress={create} />}
      </PageHead>
      {error ? <Problem error={error} retry={state.retry} /> : null}
      {!error && phone && (
        <Agenda
          day={time.day}
          week={daysOf('week', time.day, time.first)}
          events={events}
          names={names}
          ready={ready}
          onDay={time.go}
          onOpen={show}
        />
      )}
      {!error && !phone && !columnsReady && <CalendarBones />}
      {!error &&
        !phone &&
        columnsReady &&
        (kind === 'grid' ? (
          <Grid {...shared} key={time.scale} hours={hours} head={head} />
        ) : (
          <Plan
            {...shared}
            rows={rows}
            days={time.days}
            dayHead={dayHead}
            rowHead={rowHead}
            onMore={(column) => time.go(column.day, { scale: data.scales[0] === 'day' ? null : 'day' })}
          />
        ))}
      {(none || state.cut) && (
        <p className="tn-cal-note" role="status">
          {state.cut
            ? `Only the first ${MOST} are shown. Narrow the search to see the rest.`
            : 'Nothing matches in this time.'}
          {none && (
            <button type="button" onClick={() => setParams({ f: '', q: null })}>
              Show everything
            </button>
          )}
        </p>
      )}
      {card && shownEvent && (
        <EventCard
          key={card.id}
          event={shownEvent}
          views={views}
          names={names}
          anchor={card}
          phone={phone}
          onOpen={() => open(shownEvent)}
          onClose={() => setCard(null)}
        />
      )}
      {fresh && (
        <CreateSheet
          views={views}
          data={data}
          action={action.id}
          defaults={fresh}
          onClose={() => setFresh(null)}
          onDone={(record) => {
            setFresh(null);
            stale(views.model);
            notify(
              `Created, ${rangeText({ start: String(record[data.start]), end: String(record[data.end]) }, zone, user.language)}`,
              { action: { label: 'Open', run: () => void navigate(recordPlace(action.id, record.id)) } },
            );
          }}
        />
      )}
      {state.clash && <ClashDialog clash={state.clash} names={names} onSettle={state.settle} />}
    </div>
  );
}

export default function CalendarView(props: ViewProps): ReactNode {
  return props.views.calendar ? <CalendarBody {...props} data={props.views.calendar} /> : null;
}
