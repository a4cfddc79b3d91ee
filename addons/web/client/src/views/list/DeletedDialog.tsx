/** Deleted records of a model: one's own, for administrators everybody's; each can be brought back. */
import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useBoot } from '../../rpc/boot';
import { bringBack, deletedOf, type Deleted } from '../../rpc/changes';
import { useStale } from '../../rpc/queries';
import { notify, tell } from '../../shell/feedback';
import { navigate, recordPlace } from '../../shell/location';
import { exactMoment, relativeMoment } from '../../widgets/format';
import '../form/changes.css';

export default function DeletedDialog({ model, close }: { model: string; close: () => void }): ReactNode {
  const { user } = useBoot();
  const stale = useStale();
  const [busy, setBusy] = useState<number>();
  const query = useQuery({ queryKey: ['deleted', model], queryFn: () => deletedOf(model), staleTime: 0, gcTime: 0 });
  const locale = { language: user.language, zone: user.tz };
  const restore = async (entry: Deleted): Promise<void> => {
    setBusy(entry.change);
    try {
      const made = await bringBack(entry.change);
      stale(made.model);
      const open = (): void => {
        close();
        void navigate(recordPlace(made.model, made.id));
      };
      notify(`${entry.title} is back`, { action: { label: 'Open', run: open } });
      await query.refetch();
    } catch (error) {
      tell(error);
    } finally {
      setBusy(undefined);
    }
  };
  return (
    <Modal opened onClose={close} title="Deleted records" size={520}>
      {query.isPending && (
        <p className="tn-dialog-text" aria-busy="true">
          Looking…
        </p>
      )}
      {query.error && (
        <p className="tn-error" role="alert">
          This could not be read. Close it and try again.
        </p>
      )}
      {query.data?.length === 0 && (
        <p className="tn-dialog-text">Nothing is here. What is deleted stays for 30 days and can be brought back.</p>
      )}
      {query.data?.map((entry) => (
        <div key={entry.change} className="tn-deleted">
          <div>
            <span className="tn-cut">{entry.title}</span>
            <small title={exactMoment(entry.at, locale)}>
              {entry.who ? `${entry.who}, ` : ''}
              {relativeMoment(entry.at, new Date(), locale)}
            </small>
          </div>
          <button
            type="button"
            className="tn-btn"
            disabled={busy !== undefined}
            aria-label={`Restore ${entry.title}`}
            onClick={() => void restore(entry)}
          >
            Restore
          </button>
        </div>
      ))}
    </Modal>
  );
}
