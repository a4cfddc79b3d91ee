/** The page of a stored record: it saves by itself, shows that it did, and offers what can be done. */
import { Menu, Tooltip } from '@mantine/core';
import { ChevronDown, ChevronUp, CircleAlert, Copy, Ellipsis, History, LoaderCircle, Trash2 } from 'lucide-react';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { matches, type Scope } from '../../domain';
import { copy } from '../../rpc/records';
import type { ActionInfo, ActionResult, Rec, Spec } from '../../rpc/types';
import { notify, tell } from '../../shell/feedback';
import { navigate, usePlace } from '../../shell/location';
import { PageHead } from '../../shell/PageHead';
import { remember } from '../../shell/preferences';
import { useShortcuts } from '../../shell/shortcuts';
import { neighbours } from '../../shell/trail';
import { confirmed, follow } from '../buttons';
import type { Button, ViewSet } from '../data';
import { useRemove } from '../useRemove';
import { ConflictDialog } from './ConflictDialog';
import { FormBody } from './FormBody';
import RequiredSheet from './RequiredSheet';
import { useGuard } from './useGuard';
import { useStored, type StoredForm } from './useStored';

const HistoryDialog = lazy(() => import('./HistoryDialog'));

interface Props {
  action: ActionInfo;
  views: ViewSet;
  record: Rec;
  spec: Spec;
  scope: Scope;
  queryKey: readonly unknown[];
}
const UNDO_TIME = 10_000;

/** What saving is at: quiet while all is well, with undo for ten seconds. */
function SaveNote({ form }: { form: StoredForm }): ReactNode {
  const { saved, saving, drafts } = form.state;
  const [shown, show] = useState(false);
  useEffect(() => {
    if (!saved) return show(false);
    show(true);
    const timer = setTimeout(() => show(false), UNDO_TIME);
    return () => clearTimeout(timer);
  }, [saved]);
  const unsaved = Object.keys(drafts).length > 0 && saving === 0;
  if (unsaved)
    return (
      <span className="tn-note" data-tone="bad">
        <CircleAlert size={13} aria-hidden />
        Not saved
      </span>
    );
  if (saving > 0)
    return (
      <span className="tn-note">
        <LoaderCircle size={13} className="tn-spin" aria-hidden />
        Saving
      </span>
    );
  if (!shown || !saved) return null;
  return (
    <span className="tn-note">
      Saved
      <button type="button" onClick={form.undo}>
        Undo
      </button>
    </span>
  );
}

function Neighbours({ action, record }: { action: ActionInfo; record: Rec }): ReactNode {
  const { model, ids } = neighbours.use();
  const place = usePlace();
  const at = model === action.model ? ids.indexOf(record.id) : -1;
  const go = (step: number): void => {
    const id = ids[at + step];
    const last = place.crumbs.at(-1);
    if (id !== undefined && last)
      void navigate(
        { crumbs: [...place.crumbs.slice(0, -1), { ...last, id }], params: place.params },
        { replace: true },
      );
  };
  useShortcuts(
    at < 0
      ? []
      : [
          { keys: 'j', label: 'Next record', group: 'This page', run: () => go(1) },
          { keys: 'k', label: 'Record before', group: 'This page', run: () => go(-1) },
        ],
  );
  if (at < 0 || ids.length < 2) return null;
  return (
    <div className="tn-neighbours">
      <span className="tn-muted tn-num">
        {at + 1} / {ids.length}
      </span>
      <Tooltip label="Record before (K)">
        <button
          type="button"
          className="tn-icon-btn"
          aria-label="Record before"
          disabled={at === 0}
          onClick={() => go(-1)}
        >
          <ChevronUp size={16} aria-hidden />
        </button>
      </Tooltip>
      <Tooltip label="Next record (J)">
        <button
          type="button"
          className="tn-icon-btn"
          aria-label="Next record"
          disabled={at === ids.length - 1}
          onClick={() => go(1)}
        >
          <ChevronDown size={16} aria-hidden />
        </button>
      </Tooltip>
    </div>
  );
}

function useMore({ action, views, record }: Props): {
  duplicate: () => Promise<void>;
  remove: () => Promise<void>;
  back: () => void;
} {
  const removeRecords = useRemove(views.model);
  const place = usePlace();
  const crumbs = place.crumbs.slice(0, -1);
  const back = (): void =>
    void navigate({
      crumbs: crumbs.length ? crumbs : [{ name: place.crumbs[0]?.name ?? action.id }],
      params: place.params,
    });
  return {
    back,
    remove: async () => {
      if (await removeRecords([record.id], String(record[views.form.title] ?? ''))) back();
    },
    duplicate: async () => {
      try {
        const made = await copy(views.model, record.id);
        await navigate({
          crumbs: [...crumbs, { name: place.crumbs.at(-1)?.name ?? action.id, id: made.id }],
          params: place.params,
        });
        notify('Duplicated');
      } catch (error) {
        tell(error);
      }
    },
  };
}

function Actions({
  form,
  scope,
  more,
  access,
}: {
  form: StoredForm;
  scope: Scope;
  more: ReturnType<typeof useMore>;
  access: ViewSet['access'];
}): ReactNode {
  const [busy, setBusy] = useState('');
  const [history, showHistory] = useState(false);
  const { fields, form: data, model } = form.views;
  const tracked = Object.values(fields).some((field) => field.tracked);
  const buttons = form.views.form.buttons.filter((button) => matches(button.visible, form.values, scope));
  const press = async (button: Button): Promise<void> => {
    if (!(await confirmed(button))) return;
    setBusy(button.method);
    await form.press(button.method);
    setBusy('');
  };
  const order = (button: Button): number => Number(button.kind === 'primary');
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <button type="button" className="tn-icon-btn" aria-label="More actions">
            <Ellipsis size={16} aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <div className="tn-only-phone">
            {buttons.map((button) => (
              <Menu.Item key={button.method} onClick={() => void press(button)}>
                {button.label}
              </Menu.Item>
            ))}
          </div>
          {tracked && (
            <Menu.Item leftSection={<History size={14} />} onClick={() => showHistory(true)}>
              History
            </Menu.Item>
          )}
          {access.create && (
            <Menu.Item leftSection={<Copy size={14} />} onClick={() => void more.duplicate()}>
              Duplicate
            </Menu.Item>
          )}
          {access.delete && (
            <Menu.Item data-danger leftSection={<Trash2 size={14} />} onClick={() => void more.remove()}>
              Delete
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {history && form.id !== null && (
        <Suspense>
          <HistoryDialog
            model={model}
            id={form.id}
            title={String(form.values[data.title] ?? '')}
            fields={fields}
            record={form.values}
            close={() => showHistory(false)}
          />
        </Suspense>
      )}
      <div className="tn-buttons">
        {[...buttons]
          .sort((a, b) => order(a) - order(b))
          .map((button) => (
            <button
              key={button.method}
              type="button"
              className="tn-btn"
              data-kind={button.kind}
              disabled={busy !== ''}
              onClick={() => void press(button)}
            >
              {button.label}
            </button>
          ))}
      </div>
    </>
  );
}

export function StoredPage(props: Props): ReactNode {
  const { action, views, record, scope } = props;
  const cache = useQueryClient();
  const onResult = (result: ActionResult | null): void => {
    follow(result);
    void cache.invalidateQueries({ queryKey: props.queryKey });
  };
  const form = useStored({ ...props, onResult });
  const more = useMore(props);
  const title = String(form.values[views.form.title] ?? '') || `#${record.id}`;
  const crumb = usePlace().crumbs.at(-1)?.name ?? action.id;
  useEffect(() => void remember({ name: crumb, id: record.id, title }), [crumb, record.id, title]);
  useGuard(form.dirty && form.state.saving === 0, 'What you typed was not saved.');
  useShortcuts([{ keys: 'escape', label: 'Back', group: 'This page', run: more.back }]);
  const { refused } = form.state;
  return (
    <div className="tn-page">
      <PageHead title={title} note={<SaveNote form={form} />}>
        <Neighbours action={action} record={record} />
        <Actions form={form} scope={scope} more={more} access={views.access} />
      </PageHead>
      <div className="tn-form">
        <FormBody form={form} scope={scope} />
      </div>
      <ConflictDialog form={form} />
      {refused && (
        <RequiredSheet
          views={views}
          id={record.id}
          names={refused.fields}
          title="This needs a bit more"
          text={refused.text}
          confirm="Save and go on"
          onClose={form.closeRefused}
          onDone={async (_changes, values) => {
            form.closeRefused();
            await refused.retry(values);
          }}
        />
      )}
    </div>
  );
}
