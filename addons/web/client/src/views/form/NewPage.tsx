/** The page of a new record: fill in, then Create. */
import { useMemo, type ReactNode } from 'react';
import { useScope } from '../../rpc/boot';
import type { ActionInfo } from '../../rpc/types';
import { navigate, usePlace } from '../../shell/location';
import { PageHead } from '../../shell/PageHead';
import { useShortcuts } from '../../shell/shortcuts';
import type { ViewSet } from '../data';
import { formSpec } from '../spec';
import { FormBody } from './FormBody';
import { useGuard } from './useGuard';
import { useNew } from './useNew';

export function NewPage({ action, views }: { action: ActionInfo; views: ViewSet }): ReactNode {
  const place = usePlace();
  const scope = useScope(views.fields);
  const spec = useMemo(() => formSpec(views), [views]);
  const form = useNew({ views, spec, scope, defaults: place.defaults ?? action.defaults ?? {} });
  useGuard(form.dirty, 'The new record has not been created yet.');
  const crumbs = place.crumbs.slice(0, -1);
  const back = (): void =>
    void navigate({ crumbs: crumbs.length ? crumbs : [{ name: action.id }], params: place.params });
  const create = async (): Promise<void> => {
    const record = await form.save();
    if (record)
      await navigate(
        { crumbs: [...crumbs, { name: place.crumbs.at(-1)?.name ?? action.id, id: record.id }], params: place.params },
        { unasked: true, replace: true },
      );
  };
  useShortcuts([
    { keys: 'mod+enter', label: 'Create', group: 'This page', typing: true, run: () => void create() },
    { keys: 'mod+s', label: 'Create', group: 'This page', typing: true, run: () => void create() },
    { keys: 'escape', label: 'Back', group: 'This page', run: back },
  ]);
  return (
    <div className="tn-page">
      <PageHead title={`New ${views.label.toLowerCase()}`}>
        <button type="button" className="tn-btn" data-kind="quiet" onClick={back}>
          Cancel
        </button>
        <button
          type="button"
          className="tn-btn"
          data-kind="primary"
          disabled={form.busy || !form.ready}
          onClick={() => void create()}
        >
          Create
        </button>
      </PageHead>
      <div className="tn-form">{form.ready && <FormBody form={form} scope={scope} />}</div>
    </div>
  );
}
