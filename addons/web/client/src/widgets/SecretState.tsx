/** Whether a secret is there: all that is ever shown of it. */
import { KeyRound } from 'lucide-react';
import type { ReactNode } from 'react';

export function SecretState({ set }: { set: boolean }): ReactNode {
  return (
    <span className="tn-file" data-unset={!set || undefined}>
      <KeyRound size={13} aria-hidden />
      {set ? 'Set' : <span className="tn-muted">Not set</span>}
    </span>
  );
}
