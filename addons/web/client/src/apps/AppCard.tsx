/** One app: what it is, what it needs, and the one thing to do with it. */
import { Tooltip } from '@mantine/core';
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon } from '../shell/icons';
import { hueOf } from '../widgets/Avatar';
import { faultText, isOver, listed, type AppInfo, type Kind, type Operation } from './data';
import { Progress } from './PlanSheet';

interface Props {
  app: AppInfo;
  apps: readonly AppInfo[];
  operation: Operation | undefined;
  /** Part of what the client stands on. */
  fixed: boolean;
  onAct: (kind: Kind) => void;
  /** Do not suggest it again. */
  onRefuse: () => void;
}

function noteOf({ app, apps }: Props): string {
  const needs = app.depends
    .map((name) => name.split(' ')[0] ?? name)
    .filter((name) => apps.find((each) => each.name === name)?.category !== 'Foundation');
  if (app.state === 'installed' || needs.length === 0) return '';
  return app.state === 'suggested' ? `Joins ${listed(needs, apps)}` : `Needs ${listed(needs, apps)}`;
}

export function AppCard(props: Props): ReactNode {
  const { app, operation, fixed, onAct, onRefuse } = props;
  const busy = operation && !isOver(operation);
  const note = noteOf(props);
  return (
    <li className="tn-app-card" data-state={app.state}>
      <span className="tn-app-icon" style={{ '--hue': hueOf(app.name) } as React.CSSProperties}>
        <Icon name={app.icon} title={app.title} size={20} />
      </span>
      <div className="tn-app-text">
        <h3>
          <span className="tn-cut">{app.title}</span>
          <small>{app.version}</small>
        </h3>
        <p>{app.summary}</p>
        {app.state === 'broken' &&
          app.faults.slice(0, 3).map((fault) => (
            <p key={faultText(fault)} className="tn-app-fault">
              <CircleAlert size={13} aria-hidden />
              {faultText(fault)}
            </p>
          ))}
      </div>
      <footer>
        {busy ? (
          <Progress operation={operation} />
        ) : (
          <span className="tn-app-note tn-cut" title={note}>
            {note}
          </span>
        )}
        {!busy && app.state === 'installed' && !fixed && (
          <button type="button" className="tn-btn" data-kind="quiet" onClick={() => onAct('uninstall')}>
            Uninstall
          </button>
        )}
        {!busy && app.state === 'installed' && fixed && (
          <Tooltip label="The other apps stand on it">
            <span className="tn-app-fixed" tabIndex={0}>
              Always there
            </span>
          </Tooltip>
        )}
        {!busy && app.state === 'suggested' && (
          <button type="button" className="tn-btn" data-kind="quiet" onClick={onRefuse}>
            Not now
          </button>
        )}
        {!busy && (app.state === 'available' || app.state === 'suggested') && (
          <button
            type="button"
            className="tn-btn"
            data-kind={app.state === 'suggested' ? 'primary' : undefined}
            onClick={() => onAct('install')}
          >
            Install
          </button>
        )}
      </footer>
    </li>
  );
}
