/** The apps of this tenant: what is installed, what is suggested, what could be; installed and taken away here. */
import { Search } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { Problem } from '../shell/ActionPage';
import { notify, tell } from '../shell/feedback';
import { setParams, usePlace } from '../shell/location';
import { PageHead } from '../shell/PageHead';
import { AppCard } from './AppCard';
import { foundations, grouped, isOver, runOperation, type AppInfo, type Kind, type Operation } from './data';
import { PlanSheet } from './PlanSheet';
import { useApps, useOperation } from './useOperation';
import './apps.css';

function Bones(): ReactNode {
  return (
    <ul className="tn-app-cards" aria-busy="true">
      {Array.from({ length: 6 }, (_, at) => (
        <li key={at} className="tn-app-card">
          <span className="tn-bone" style={{ width: 40, height: 40 }} />
          <div className="tn-app-text">
            <span className="tn-bone" style={{ width: '40%', marginTop: 6 }} />
            <span className="tn-bone" style={{ width: '85%', marginTop: 14 }} />
          </div>
        </li>
      ))}
    </ul>
  );
}

export default function AppsPage(): ReactNode {
  const query = useApps();
  const text = usePlace().params.get('q') ?? '';
  const [asked, setAsked] = useState<{ app: AppInfo; kind: Kind } | null>(null);
  const [filed, setFiled] = useState<{ id: number; name: string } | null>(null);
  const followed = useOperation(filed?.id ?? null);
  const apps = query.data?.apps ?? [];
  const groups = useMemo(() => grouped(apps, text), [apps, text]);
  const fixed = useMemo(() => foundations(apps), [apps]);
  const operationOf = (name: string): Operation | undefined => {
    if (followed && filed?.name === name) return followed;
    return query.data?.operations.find((operation) => operation.addons.includes(name) && !isOver(operation));
  };
  // A sheet whose operation has succeeded has nothing more to say.
  const shown =
    asked &&
    !(filed?.name === asked.app.name && followed && isOver(followed) && !followed.error && followed.state !== 'failed')
      ? asked
      : null;
  const act = (app: AppInfo, kind: Kind): void => {
    setFiled((now) => (now?.name === app.name && followed && isOver(followed) ? null : now));
    setAsked({ app, kind });
  };
  const refuse = (app: AppInfo): void =>
    void runOperation({ kind: 'refuse', addons: [app.name] })
      .then(() => query.refetch())
      .then(() => notify(`${app.title} is not suggested any more`))
      .catch(tell);
  return (
    <div className="tn-page">
      <PageHead
        title="Apps"
        middle={
          <label className="tn-app-search">
            <Search size={14} aria-hidden />
            <input
              type="search"
              placeholder="Find an app"
              aria-label="Find an app"
              value={text}
              onChange={(event) => setParams({ q: event.target.value || null })}
            />
          </label>
        }
      />
      {query.error && !query.data && <Problem error={query.error} retry={() => void query.refetch()} />}
      {!(query.error && !query.data) && (
        <div className="tn-apps">
          {query.isPending && <Bones />}
          {query.data && groups.length === 0 && (
            <div className="tn-empty">
              <span className="tn-empty-mark">
                <Search size={20} aria-hidden />
              </span>
              <h2>No app is called that</h2>
              <p>Try fewer words.</p>
            </div>
          )}
          {groups.map((group) => (
            <section key={group.title} className="tn-app-group">
              <h2>
                {group.title}
                <span>{group.note || group.apps.length}</span>
              </h2>
              <ul className="tn-app-cards">
                {group.apps.map((app) => (
                  <AppCard
                    key={app.name}
                    app={app}
                    apps={apps}
                    operation={operationOf(app.name)}
                    fixed={fixed.has(app.name)}
                    onAct={(kind) => act(app, kind)}
                    onRefuse={() => refuse(app)}
                  />
                ))}
              </ul>
            </section>
          ))}
        </div>
      )}
      {shown && (
        <PlanSheet
          app={shown.app}
          apps={apps}
          kind={shown.kind}
          operation={filed?.name === shown.app.name ? followed : undefined}
          onStarted={(id) => setFiled({ id, name: shown.app.name })}
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  );
}
