/** One column: name, count, sum, progress, its cards. */
import { useDroppable } from '@dnd-kit/core';
import { Tooltip } from '@mantine/core';
import { ChevronsLeftRight, ChevronsRightLeft, Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Scope } from '../../domain';
import type { Rec } from '../../rpc/types';
import { Sum } from '../../widgets/Sum';
import type { BoardData, ViewSet } from '../data';
import type { BoardColumn, Progress } from './board';
import { Card } from './Card';
import { QuickCreate } from './QuickCreate';

function ProgressBar({ progress, count }: { progress: Progress; count: number }): ReactNode {
  const known = Math.max(progress.good + progress.open + progress.bad, 1);
  const share = (part: number): string => `${(part / known) * 100}%`;
  const label = [
    [progress.good, 'done'],
    [progress.open, 'on track'],
    [progress.bad, 'overdue'],
  ]
    .filter(([part]) => part)
    .map((part) => part.join(' '))
    .join(', ');
  return (
    <Tooltip label={label || 'Nothing here'} position="bottom">
      <div className="tn-progress" role="img" aria-label={label}>
        {count > 0 && (
          <>
            <i data-tone="good" style={{ width: share(progress.good) }} />
            <i data-tone="open" style={{ width: share(progress.open) }} />
            <i data-tone="bad" style={{ width: share(progress.bad) }} />
          </>
        )}
      </div>
    </Tooltip>
  );
}

interface Props {
  column: BoardColumn;
  data: BoardData;
  views: ViewSet;
  scope: Scope;
  folded: boolean;
  /** A card is being dragged over it, from elsewhere. */
  target: boolean;
  onFold: (folded: boolean) => void;
  onOpen: (record: Rec, newTab?: boolean) => void;
  onMore: () => Promise<void>;
}

function Folded({
  column,
  onFold,
  over,
  refer,
}: {
  column: BoardColumn;
  onFold: (folded: boolean) => void;
  over: boolean;
  refer: (node: HTMLElement | null) => void;
}): ReactNode {
  return (
    <section ref={refer} className="tn-column" data-folded data-over={over || undefined} aria-label={column.title}>
      <button type="button" onClick={() => onFold(false)} title={`Unfold ${column.title}`}>
        <span className="tn-sr">{'Unfold '}</span>
        <ChevronsLeftRight size={14} aria-hidden />
        <strong>{column.title}</strong>
        <span className="tn-column-count">{column.count}</span>
      </button>
    </section>
  );
}

export function Column({ column, data, views, scope, folded, target, onFold, onOpen, onMore }: Props): ReactNode {
  const { setNodeRef } = useDroppable({ id: column.key, data: { title: column.title } });
  const [adding, setAdding] = useState(false);
  const [busy, setBusy] = useState(false);
  if (folded) return <Folded column={column} onFold={onFold} over={target} refer={setNodeRef} />;
  const left = column.count - column.cards.length;
  const load = (): void => {
    setBusy(true);
    void onMore().finally(() => setBusy(false));
  };
  return (
    <section
      ref={setNodeRef}
      className="tn-column"
      data-over={target || undefined}
      aria-label={`${column.title}, ${column.count}`}
    >
      <header className="tn-column-head">
        <h2 className="tn-cut" title={column.title}>
          {column.title}
        </h2>
        <span className="tn-column-count">{column.count}</span>
        <button
          type="button"
          className="tn-icon-btn tn-column-fold"
          aria-label={`Fold ${column.title}`}
          onClick={() => onFold(true)}
        >
          <ChevronsRightLeft size={14} aria-hidden />
        </button>
        {data.sum && (
          <span className="tn-column-sum">
            <Sum value={column.sums ?? column.sum} field={views.fields[data.sum]} />
          </span>
        )}
        {views.access.create && (
          <button
            type="button"
            className="tn-icon-btn tn-column-add"
            aria-label={`New in ${column.title}`}
            onClick={() => setAdding(true)}
          >
            <Plus size={15} aria-hidden />
          </button>
        )}
      </header>
      {column.progress && <ProgressBar progress={column.progress} count={column.count} />}
      <div className="tn-column-cards">
        {adding && (
          <QuickCreate views={views} data={data} column={column} onClose={() => setAdding(false)} onOpen={onOpen} />
        )}
        {target && <div className="tn-slot" aria-hidden />}
        {column.cards.map((record) => (
          <Card
            key={record.id}
            record={record}
            data={data.card}
            fields={views.fields}
            scope={scope}
            column={column.key}
            onOpen={onOpen}
          />
        ))}
        {left > 0 && (
          <button type="button" className="tn-column-more" disabled={busy} onClick={load}>
            {busy ? 'Loading' : `Show more · ${left} left`}
          </button>
        )}
        {!adding && views.access.create && (
          <button type="button" className="tn-column-new" onClick={() => setAdding(true)}>
            <Plus size={14} aria-hidden /> New
          </button>
        )}
      </div>
    </section>
  );
}
