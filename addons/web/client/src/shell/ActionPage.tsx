/** From the URL to a view: which action, which of its views, or the form of one record. */
import { CircleAlert, SearchX } from 'lucide-react';
import { useEffect, type ComponentType, type ReactNode } from 'react';
import { actionFor, useBoot } from '../rpc/boot';
import { RpcError } from '../rpc/errors';
import { useViews } from '../rpc/queries';
import type { ActionInfo, Id } from '../rpc/types';
import { Boundary } from '../registry/Boundary';
import { useEntry } from '../registry/registry';
import type { ViewSet } from '../views/data';
import { later, useLater } from './later';
import { navigate, usePlace } from './location';
import { PageHead } from './PageHead';

/** The one page that shows no model: `/app/apps`. */
const APPS = 'apps';
const APPS_PAGE = later(() => import('../apps/AppsPage'));

/** What a view gets; the same for those that addons add to the category `views`. */
export interface ViewProps {
  action: ActionInfo;
  views: ViewSet;
  /** The kinds of view this action offers, for the switch. */
  kinds: string[];
}

const PARTS = {
  list: later<ViewProps>(() => import('../views/list/ListView')),
  board: later<ViewProps>(() => import('../views/board/BoardView')),
  calendar: later<ViewProps>(() => import('../views/calendar/CalendarView')),
};
const FORM = later<{ action: ActionInfo; views: ViewSet; id: Id | 'new' }>(() => import('../views/form/FormPage'));

/** A part of the page that was not loaded: most likely the server has a new version. */
function NotLoaded({ failure }: { failure: unknown }): ReactNode {
  if (!failure) return <PageBones />;
  return (
    <div className="tn-page">
      <PageHead />
      <Problem error={new Error('This part of the page did not load.')} retry={() => location.reload()} />
    </div>
  );
}

export function Problem({ error, retry }: { error: unknown; retry?: () => void }): ReactNode {
  const missing = error instanceof RpcError && (error.status === 404 || error.code === 'missing');
  const Shape = missing ? SearchX : CircleAlert;
  const hint = error instanceof RpcError ? error.hint : '';
  return (
    <div className="tn-empty" role="alert">
      <span className="tn-empty-mark">
        <Shape size={20} aria-hidden />
      </span>
      <h2>{error instanceof Error ? error.message : 'Something went wrong.'}</h2>
      {hint && <p>{hint}</p>}
      {retry && !missing && (
        <button type="button" className="tn-btn" onClick={retry}>
          Try again
        </button>
      )}
      {missing && (
        <button
          type="button"
          className="tn-btn"
          onClick={() => void navigate({ crumbs: [], params: new URLSearchParams() })}
        >
          Go to the start
        </button>
      )}
      {error instanceof RpcError && error.requestId && <p className="tn-request">Request {error.requestId}</p>}
    </div>
  );
}

/** Bones of a page while its code or its view data is on the way. */
export function PageBones(): ReactNode {
  return (
    <div className="tn-page" aria-busy="true">
      <PageHead />
      <div style={{ padding: '14px 16px', display: 'grid', gap: 26 }}>
        {Array.from({ length: 9 }, (_, at) => (
          <span key={at} className="tn-bone" style={{ width: `${70 - ((at * 13) % 40)}%` }} />
        ))}
      </div>
    </div>
  );
}

function useKinds(action: ActionInfo, views: ViewSet | undefined): string[] {
  return action.views.filter(
    (kind) =>
      kind !== 'form' &&
      (kind !== 'board' || Boolean(views?.board)) &&
      (kind !== 'calendar' || Boolean(views?.calendar)),
  );
}

function BuiltIn({ kind, props }: { kind: keyof typeof PARTS; props: ViewProps }): ReactNode {
  const View = useLater(PARTS[kind]);
  return View ? <View {...props} /> : <NotLoaded failure={PARTS[kind].failure()} />;
}

function Apps(): ReactNode {
  const Page = useLater(APPS_PAGE);
  return Page ? <Page /> : <NotLoaded failure={APPS_PAGE.failure()} />;
}

function Form(props: { action: ActionInfo; views: ViewSet; id: Id | 'new' }): ReactNode {
  const Page = useLater(FORM);
  return Page ? <Page {...props} /> : <NotLoaded failure={FORM.failure()} />;
}

/** Fetch the code of what will most likely be shown while its view data is still on the way. */
function useEarly(action: ActionInfo, form: boolean): void {
  const { params } = usePlace();
  const wanted = params.get('view') ?? action.views[0];
  useEffect(() => {
    if (form) void FORM.load();
    else if (wanted === 'list' || wanted === 'board' || wanted === 'calendar') void PARTS[wanted].load();
  }, [form, wanted]);
}

function Records({ action, views }: { action: ActionInfo; views: ViewSet }): ReactNode {
  const { params } = usePlace();
  const kinds = useKinds(action, views);
  const wanted = params.get('view') ?? '';
  const kind = kinds.includes(wanted) ? wanted : (kinds[0] ?? 'list');
  const added = useEntry<{ label: string; component: ComponentType<ViewProps> }>('views', kind);
  const props: ViewProps = { action, views, kinds };
  if (kind === 'list' || kind === 'board' || kind === 'calendar')
    return <BuiltIn key={`${action.id} ${kind}`} kind={kind} props={props} />;
  if (!added) return <Problem error={new Error(`This page needs the view “${kind}”, which no addon has added.`)} />;
  const Added = added.component;
  return (
    <Boundary name={kind}>
      <Added key={action.id} {...props} />
    </Boundary>
  );
}

export function ActionPage(): ReactNode {
  const boot = useBoot();
  const { crumbs } = usePlace();
  const last = crumbs.at(-1);
  const action = actionFor(boot, last?.name ?? '');
  const apps = last?.name === APPS;
  const views = useViews(action.model, action.variant, last !== undefined && !apps);
  useEarly(action, last?.id !== undefined);
  if (!last)
    return Object.keys(boot.actions).length ? (
      <PageBones />
    ) : (
      <Problem error={new Error('No app is installed here yet.')} />
    );
  if (apps) return <Apps />;
  if (views.error)
    return (
      <div className="tn-page">
        <PageHead />
        <Problem error={views.error} retry={() => void views.refetch()} />
      </div>
    );
  if (!views.data) return <PageBones />;
  return last.id === undefined ? (
    <Records action={action} views={views.data} />
  ) : (
    <Form key={`${last.name}/${last.id}`} action={action} views={views.data} id={last.id} />
  );
}
