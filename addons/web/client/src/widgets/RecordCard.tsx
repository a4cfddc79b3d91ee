/** The card that a relation's chip opens: the record's first few values. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { keys, useViews } from '../rpc/queries';
import { read } from '../rpc/records';
import type { Id } from '../rpc/types';
import { unset } from '../domain/compare';
import { listSpec } from '../views/spec';
import { Avatar } from './Avatar';
import { Value } from './Value';

interface Props {
  model: string;
  id: Id;
  title: string;
}

export default function RecordCard({ model, id, title }: Props): ReactNode {
  const views = useViews(model);
  const record = useQuery({
    queryKey: keys.record(model, id, 'card'),
    enabled: Boolean(views.data),
    staleTime: 30_000,
    queryFn: async () => (await read(model, [id], views.data ? listSpec(views.data) : {}))[0] ?? null,
  });
  const shown =
    views.data?.list.columns
      .filter((column) => column.name !== views.data?.title && !unset(record.data?.[column.name]))
      .slice(0, 5) ?? [];
  return (
    <div className="tn-card-hover">
      <div className="tn-card-hover-title">
        <Avatar title={title} size={24} square />
        <strong className="tn-cut">{title}</strong>
      </div>
      {record.isPending && !record.isError && (
        <>
          <span className="tn-bone" />
          <span className="tn-bone" style={{ width: '60%' }} />
        </>
      )}
      {record.isError && <p className="tn-muted">You may not see more of it.</p>}
      <dl>
        {record.data &&
          shown.map((column) => {
            const field = views.data?.fields[column.name];
            return (
              field && (
                <div key={column.name}>
                  <dt>{column.label ?? field.label}</dt>
                  <dd>
                    <Value
                      field={field}
                      item={column}
                      value={record.data?.[column.name]}
                      record={record.data ?? {}}
                      quiet
                    />
                  </dd>
                </div>
              )
            );
          })}
      </dl>
    </div>
  );
}
