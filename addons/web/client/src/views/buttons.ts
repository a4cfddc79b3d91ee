/** The buttons of a view that call a method: the question before, and what the answer asks of the client. */
import type { ActionResult } from '../rpc/types';
import { ask, notify } from '../shell/feedback';
import { navigate, recordPlace } from '../shell/location';
import type { Button } from './data';

/** Whether to go on: asks the person where the button has a question. */
export async function confirmed(button: Button): Promise<boolean> {
  if (!button.confirm) return true;
  return ask({
    title: button.label,
    text: button.confirm,
    confirm: button.label,
    danger: button.kind === 'danger',
  });
}

/** Do what a method's answer says: tell something, leave for an address, open a form or a page. */
export function follow(result: ActionResult | null | undefined): void {
  if (result?.type === 'notify' && result.text) notify(result.text);
  if (result?.type === 'url' && result.url) location.assign(result.url);
  if (result?.type === 'form' && result.model && result.id) void navigate(recordPlace(result.model, Number(result.id)));
  if (result?.type === 'form' && result.model && !result.id)
    void navigate({ ...recordPlace(result.model, 'new'), defaults: result.defaults });
  if (result?.type === 'action' && result.id)
    void navigate({ crumbs: [{ name: String(result.id) }], params: new URLSearchParams() });
}
