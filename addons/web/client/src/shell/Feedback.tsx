/** Toasts, the question and failure dialogs, the live region, and the bar for a lost connection. */
import { Modal } from '@mantine/core';
import { CircleAlert, CircleCheck, WifiOff, X } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { connection } from '../rpc/connection';
import { RpcError } from '../rpc/errors';
import { closeFailure, dismiss, feedback, type Toast } from './feedback';
import './feedback.css';

function ToastCard({ toast }: { toast: Toast }): ReactNode {
  const [held, hold] = useState(false);
  useEffect(() => {
    if (held) return undefined;
    const timer = setTimeout(() => dismiss(toast.key), toast.life);
    return () => clearTimeout(timer);
  }, [held, toast.key, toast.life]);
  const Icon = toast.tone === 'error' ? CircleAlert : CircleCheck;
  return (
    <div className="tn-toast" data-tone={toast.tone} role={toast.tone === 'error' ? 'alert' : undefined}
      onMouseEnter={() => hold(true)} onMouseLeave={() => hold(false)}>
      {toast.tone !== 'plain' && <Icon size={16} aria-hidden />}
      <div className="tn-toast-text">
        <span>{toast.text}</span>
        {toast.hint && <small>{toast.hint}</small>}
      </div>
      {toast.action && (
        <button type="button" className="tn-toast-action" onClick={() => { dismiss(toast.key); toast.action?.run(); }}>
          {toast.action.label}
        </button>
      )}
      <button type="button" className="tn-toast-close" aria-label="Dismiss" onClick={() => dismiss(toast.key)}>
        <X size={14} />
      </button>
    </div>
  );
}

function QuestionDialog(): ReactNode {
  const { question } = feedback.use();
  return (
    <Modal opened={question !== null} onClose={() => question?.answer(false)} title={question?.title}
      withCloseButton={false} size={400}>
      {question?.text && <p className="tn-dialog-text">{question.text}</p>}
      <div className="tn-dialog-actions">
        <button type="button" className="tn-btn" onClick={() => question?.answer(false)}>{question?.cancel ?? 'Cancel'}</button>
        <button type="button" className="tn-btn" data-autofocus data-kind={question?.danger ? 'danger-solid' : 'primary'}
          onClick={() => question?.answer(true)}>{question?.confirm}</button>
      </div>
    </Modal>
  );
}

function FailureDialog(): ReactNode {
  const { failure } = feedback.use();
  const cache = useQueryClient();
  const rpc = failure instanceof RpcError ? failure : null;
  const text = failure instanceof Error ? failure.message : String(failure ?? '');
  const retry = (): void => { closeFailure(); void cache.invalidateQueries(); };
  return (
    <Modal opened={failure !== null} onClose={closeFailure} title="That did not work" size={460}>
      <p className="tn-dialog-text">{text}</p>
      <p className="tn-dialog-text tn-muted">{rpc?.hint || 'What you typed is still there. Try again in a moment.'}</p>
      {rpc?.requestId && <p className="tn-request">Request {rpc.requestId}</p>}
      <div className="tn-dialog-actions">
        <button type="button" className="tn-btn" onClick={closeFailure}>Close</button>
        <button type="button" className="tn-btn" data-kind="primary" onClick={retry}>Try again</button>
      </div>
    </Modal>
  );
}

function SessionDialog(): ReactNode {
  const { expired } = connection.use();
  const next = encodeURIComponent(location.pathname + location.search);
  return (
    <Modal opened={expired} onClose={() => undefined} withCloseButton={false} title="You were logged out" size={400}>
      <p className="tn-dialog-text">Your session ended. Log in again and you come back to this page.</p>
      <div className="tn-dialog-actions">
        <a className="tn-btn" data-kind="primary" data-autofocus href={`/login?next=${next}`}>Log in</a>
      </div>
    </Modal>
  );
}

function OfflineBar(): ReactNode {
  const { online } = connection.use();
  const cache = useQueryClient();
  useEffect(() => {
    const back = (): void => void cache.invalidateQueries();
    addEventListener('online', back);
    return () => removeEventListener('online', back);
  }, [cache]);
  if (online) return null;
  return (
    <div className="tn-offline" role="status">
      <WifiOff size={14} aria-hidden />
      <span>The server cannot be reached. What you type stays here.</span>
      <button type="button" onClick={() => void cache.invalidateQueries()}>Retry now</button>
    </div>
  );
}

/** Everything that speaks to the person from outside a page. */
export function FeedbackLayer(): ReactNode {
  const { toasts, said } = feedback.use();
  return (
    <>
      <OfflineBar />
      <div className="tn-toasts">{toasts.map((toast) => <ToastCard key={toast.key} toast={toast} />)}</div>
      <div className="tn-sr" role="status" aria-live="polite">{said}</div>
      <QuestionDialog />
      <FailureDialog />
      <SessionDialog />
    </>
  );
}
