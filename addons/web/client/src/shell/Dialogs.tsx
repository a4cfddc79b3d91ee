/** The dialogs that interrupt: a question, a failure, the end of the session. */
import { Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { connection } from '../rpc/connection';
import { RpcError } from '../rpc/errors';
import { closeFailure, feedback } from './feedback';

function QuestionDialog(): ReactNode {
  const { question } = feedback.use();
  return (
    <Modal
      opened={question !== null}
      onClose={() => question?.answer(false)}
      title={question?.title}
      withCloseButton={false}
      size={400}
    >
      {question?.text && <p className="tn-dialog-text">{question.text}</p>}
      <div className="tn-dialog-actions">
        <button type="button" className="tn-btn" onClick={() => question?.answer(false)}>
          {question?.cancel ?? 'Cancel'}
        </button>
        <button
          type="button"
          className="tn-btn"
          data-autofocus
          data-kind={question?.danger ? 'danger-solid' : 'primary'}
          onClick={() => question?.answer(true)}
        >
          {question?.confirm}
        </button>
      </div>
    </Modal>
  );
}

function FailureDialog(): ReactNode {
  const { failure } = feedback.use();
  const cache = useQueryClient();
  const rpc = failure instanceof RpcError ? failure : null;
  const text = failure instanceof Error ? failure.message : String(failure ?? '');
  const retry = (): void => {
    closeFailure();
    void cache.invalidateQueries();
  };
  return (
    <Modal opened={failure !== null} onClose={closeFailure} title="That did not work" size={460}>
      <p className="tn-dialog-text">{text}</p>
      <p className="tn-dialog-text tn-muted">{rpc?.hint || 'What you typed is still there. Try again in a moment.'}</p>
      {rpc?.requestId && <p className="tn-request">Request {rpc.requestId}</p>}
      <div className="tn-dialog-actions">
        <button type="button" className="tn-btn" onClick={closeFailure}>
          Close
        </button>
        <button type="button" className="tn-btn" data-kind="primary" onClick={retry}>
          Try again
        </button>
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
        <a className="tn-btn" data-kind="primary" data-autofocus href={`/login?next=${next}`}>
          Log in
        </a>
      </div>
    </Modal>
  );
}

export default function Dialogs(): ReactNode {
  return (
    <>
      <QuestionDialog />
      <FailureDialog />
      <SessionDialog />
    </>
  );
}
