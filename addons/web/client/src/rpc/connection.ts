/** Whether the server can be reached and the session is alive; the shell shows it. */
import { Store } from '../store';

export const connection = new Store({ online: true, expired: false });

/** Note what a request showed; nothing changes when it is known already. */
export function setConnection(change: Partial<{ online: boolean; expired: boolean }>): void {
  const state = connection.get();
  if (Object.entries(change).some(([key, value]) => state[key as keyof typeof state] !== value))
    connection.patch(change);
}
