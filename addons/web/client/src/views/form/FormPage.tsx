/** The page of one record, stored or new. */
import { useQuery } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import { useScope } from '../../rpc/boot';
import { keys } from '../../rpc/queries';
import { read } from '../../rpc/records';
import type { ActionInfo, Id, Rec } from '../../rpc/types';
import { Problem } from '../../shell/ActionPage';
import { PageHead } from '../../shell/PageHead';
import type { ViewSet } from '../data';
import { formSpec } from '../spec';
import { NewPage } from './NewPage';
import { StoredPage } from './StoredPage';
import './form.css';

interface Props {
  action: ActionInfo;
  views: ViewSet;
  id: Id | 'new';
}

function FormBones(): ReactNode {
  return (
    <div className="tn-form" aria-busy="true">
      <div className="tn-form-body">
        <div className="tn-form-top">
          <span className="tn-bone" style={{ width: 260, height: 18, marginTop: 10 }} />
        </div>
        <div className="tn-fields" data-columns={2} style={{ rowGap: 22, marginTop: 28 }}>
          {Array.from({ length: 8 }, (_, at) => (
            <span key={at} className="tn-bone" style={{ width: `${72 - ((at * 11) % 34)}%` }} />
          ))}
        </div>
      </div>
    </div>
  );
}

function Stored({ action, views, id }: Props & { id: Id }): ReactNode {
  const spec = useMemo(() => formSpec(views), [views]);
  const queryKey = useMemo(() => keys.record(views.model, id, 'form'), [views.model, id]);
  const scope = useScope(views.fields);
  const query = useQuery({
    queryKey,
    queryFn: async (): Promise<Rec | null> => (await read(views.model, [id], spec))[0] ?? null,
  });
  if (query.data)
    return (
      <StoredPage action={action} views={views} record={query.data} spec={spec} scope={scope} queryKey={queryKey} />
    );
  return (
    <div className="tn-page">
      <PageHead title={query.error ? 'Not found' : undefined} />
      {query.error ? <Problem error={query.error} retry={() => void query.refetch()} /> : <FormBones />}
    </div>
  );
}

export default function FormPage(props: Props): ReactNode {
  return props.id === 'new' ? (
    <NewPage action={props.action} views={props.views} />
  ) : (
    <Stored {...props} id={props.id} />
  );
}
