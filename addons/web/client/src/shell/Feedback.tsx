/** Toasts, the live region, and the bar for a lost connection; dialogs are loaded when one is needed. */
import { CircleAlert, CircleCheck, WifiOff, X } from 'lucide-react';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { connection } from '../rpc/connection';
import { dismiss, feedback, type Toast } from './feedback';
import './feedback.css';

const Dialogs = lazy(() => import('./Dialogs'));

function ToastCard({ toast }: { toast: Toast }): ReactNode {
  const [held, hold] = useState(false);
  useEffect(() => {
    if (held) return undefined;
    const timer = setTimeout(() => dismiss(toast.key), toast.life);
    return () => clearTimeout(timer);
  }, [held, toast.key, toast.life]);
  const Icon = toast.tone === 'error' ? CircleAlert : CircleCheck;
  return (
    <div
      className="tn-toast"
      data-tone={toast.tone}
      role={toast.tone === 'error' ? 'alert' : undefined}
      onMouseEnter={() => hold(true)}
      onMouseLeave={() => hold(false)}
    >
      {toast.tone !== 'plain' && <Icon size={16} aria-hidden />}
      <div className="tn-toast-text">
        <span>{toast.text}</span>
        {toast.hint && <small>{toast.hint}</small>}
      </div>
      {toast.action && (
        <button
          type="button"
          className="tn-toast-action"
          onClick={() => {
            dismiss(toast.key);
            toast.action?.run();
          }}
        >
          {toast.action.label}
        </button>
      )}
      <button type="button" className="tn-toast-close" aria-label="Dismiss" onClick={() => dismiss(toast.key)}>
        <X size={14} />
      </button>
    </div>
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
      <button type="button" onClick={() => void cache.invalidateQueries()}>
        Retry now
      </button>
    </div>
  );
}

/** Everything that speaks to the person from outside a page. */
export function FeedbackLayer(): ReactNode {
  const { toasts, said, question, failure } = feedback.use();
  const { expired } = connection.use();
  return (
    <>
      <OfflineBar />
      <div className="tn-toasts">
        {toasts.map((toast) => (
          <ToastCard key={toast.key} toast={toast} />
        ))}
      </div>
      <div className="tn-sr" role="status" aria-live="polite">
        {said}
      </div>
      <Suspense>{(question !== null || failure !== null || expired) && <Dialogs />}</Suspense>
    </>
  );
}
