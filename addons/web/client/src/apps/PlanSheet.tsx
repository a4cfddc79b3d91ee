/** What an install or uninstall does, told before it is done; then how far it is, and what went wrong. */
import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Archive, Check, CircleAlert, Minus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { RpcError } from '../rpc/errors';
import {
  isFailed,
  isOver,
  itemLines,
  listed,
  needing,
  percent,
  readPlan,
  runOperation,
  stepText,
  titled,
  type AppInfo,
  type Item,
  type Kind,
  type Line,
  type Operation,
  type Plan,
} from './data';

interface Props {
  app: AppInfo;
  apps: readonly AppInfo[];
  kind: Kind;
  operation: Operation | undefined;
  onStarted: (id: number) => void;
  onClose: () => void;
}

function Trouble({ error }: { error: unknown }): ReactNode {
  const hint = error instanceof RpcError ? error.hint : '';
  const request = error instanceof RpcError && error.status >= 500 ? error.requestId : '';
  return (
    <div className="tn-plan-trouble" role="alert">
      <CircleAlert size={16} aria-hidden />
      <div>
        <strong>{error instanceof Error ? error.message : String(error)}</strong>
        {hint && <p>{hint}</p>}
        {request && <p className="tn-muted">Request {request}</p>}
      </div>
    </div>
  );
}

/** Notes for those at a terminal. */
const COMMAND = /\btenon \w+/;
/** A long list begins short. */
const FIRST = 5;

interface PointsProps {
  title: string;
  lines: readonly Line[];
  tone: string;
  icon: typeof Check;
}

function Points({ title, lines, tone, icon: Shape }: PointsProps): ReactNode {
  const [all, setAll] = useState(false);
  if (lines.length === 0) return null;
  const shown = all || lines.length <= FIRST + 1 ? lines : lines.slice(0, FIRST);
  return (
    <section className="tn-plan-part" data-tone={tone}>
      <h3>{title}</h3>
      <ul>
        {shown.map(({ text, count }) => (
          <li key={text}>
            <Shape size={14} aria-hidden />
            <span>{text}</span>
            {count && <b>{count}</b>}
          </li>
        ))}
      </ul>
      {shown.length < lines.length && (
        <button type="button" className="tn-plan-all" onClick={() => setAll(true)}>
          {lines.length - shown.length} more
        </button>
      )}
    </section>
  );
}

function PlanText({ plan, kind, apps }: { plan: Plan; kind: Kind; apps: readonly AppInfo[] }): ReactNode {
  const steps = plan.plan.map((step) => stepText(step, apps));
  const alone = new Set(plan.plan.map((step) => step.addon)).size < 2;
  const lines = (items?: readonly Item[]): Line[] => itemLines(items, apps, alone);
  return (
    <>
      {(kind === 'install' || steps.length > 1) && (
        <Points title="What happens" lines={steps.map((text) => ({ text, count: '' }))} tone="plain" icon={kind === 'install' ? Check : Minus} />
      )}
      <Points title="What stops" lines={lines(plan.stops)} tone="plain" icon={Minus} />
      <Points title="What is kept" lines={lines(plan.keeps)} tone="good" icon={Archive} />
      <Points title="What goes" lines={lines(plan.goes)} tone="bad" icon={Minus} />
      <Points title="What stays, with the apps that remain" lines={lines(plan.stays)} tone="plain" icon={Check} />
      {titled(plan.notes?.filter((note) => !COMMAND.test(note)) ?? [], apps, alone).map((note) => (
        <p key={note} className="tn-plan-note">
          {note}
        </p>
      ))}
      {kind === 'uninstall' && plan.keeps.length > 0 && (
        <p className="tn-plan-note">What is kept comes back when it is installed again.</p>
      )}
      {plan.suggested && plan.suggested.length > 0 && (
        <p className="tn-plan-note">Suggested afterwards: {listed(plan.suggested, apps)}.</p>
      )}
      {steps.length + plan.keeps.length + plan.goes.length === 0 && (
        <p className="tn-dialog-text">There is nothing to prepare.</p>
      )}
    </>
  );
}

export function Progress({ operation }: { operation: Operation }): ReactNode {
  const done = percent(operation);
  return (
    <div className="tn-progress">
      <div
        role="progressbar"
        aria-valuenow={done}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-label={operation.text || 'Progress'}
      >
        <i style={{ width: `${Math.max(done, 4)}%` }} />
      </div>
      <p>{operation.text || 'Working'}</p>
    </div>
  );
}

export function PlanSheet({ app, apps, kind, operation, onStarted, onClose }: Props): ReactNode {
  const [cascade, setCascade] = useState(false);
  const wish = { kind, addons: [app.name], ...(cascade ? { cascade } : {}) };
  const plan = useQuery({
    queryKey: ['plan', kind, app.name, cascade],
    queryFn: () => readPlan(wish),
    gcTime: 0,
    staleTime: 0,
    retry: false,
  });
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const others = needing(app.name, apps);
  const barred = Boolean(plan.error) && kind === 'uninstall' && !cascade && others.length > 0;
  const refusal = barred
    ? new Error(`${listed(others, apps)} ${others.length > 1 ? 'need' : 'needs'} ${app.title}.`)
    : plan.error;
  const verb = kind === 'install' ? 'Install' : 'Uninstall';
  const failed =
    operation && isFailed(operation) ? new Error(operation.error || operation.text || `${verb} did not work.`) : null;
  const running = operation && !isOver(operation);
  const run = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      onStarted((await runOperation(wish)).operation);
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={running ? `${verb}ing ${app.title}` : `${verb} ${app.title}?`}
      size={500}
      withCloseButton={false}
    >
      {plan.isPending && (
        <div className="tn-plan-bones" aria-busy="true">
          {[72, 56, 64].map((width) => (
            <span key={width} className="tn-bone" style={{ width: `${width}%` }} />
          ))}
        </div>
      )}
      {refusal && <Trouble error={refusal} />}
      {plan.data && !running && (
        <div className="tn-plan-body">
          <PlanText plan={plan.data} kind={kind} apps={apps} />
        </div>
      )}
      {running && <Progress operation={operation} />}
      {(error ?? failed) !== null && <Trouble error={error ?? failed} />}
      <div className="tn-dialog-actions">
        <button type="button" className="tn-btn" data-autofocus onClick={onClose}>
          {running ? 'Go on in the background' : 'Cancel'}
        </button>
        {!running && plan.data && (
          <button
            type="button"
            className="tn-btn"
            data-kind={kind === 'install' ? 'primary' : 'danger-solid'}
            disabled={busy}
            onClick={() => void run()}
          >
            {failed || error ? 'Try again' : verb}
          </button>
        )}
        {barred && (
          <button type="button" className="tn-btn" data-kind="danger" onClick={() => setCascade(true)}>
            Also uninstall {listed(others, apps)}
          </button>
        )}
        {plan.error && !barred && (
          <button type="button" className="tn-btn" onClick={() => void plan.refetch()}>
            Try again
          </button>
        )}
      </div>
    </Modal>
  );
}
