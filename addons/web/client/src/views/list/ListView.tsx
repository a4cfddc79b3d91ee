/** The list: any number of records, sorted, searched, grouped, selected. */
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useRef, type ReactNode } from 'react';
import { SearchBar } from '../../search/SearchBar';
import { Problem, type ViewProps } from '../../shell/ActionPage';
import { say } from '../../shell/feedback';
import { NewButton, PageHead, ViewSwitch } from '../../shell/PageHead';
import { PHONE } from '../../shell/screen';
import { Empty } from '../Empty';
import { SelectionBar } from './Lines';
import { ListMenu } from './ListMenu';
import { ListTable } from './ListTable';
import { useLines } from './useLines';
import { useListActions } from './useListActions';
import { useListKeys } from './useListKeys';
import { useSelection } from './useSelection';
import './list.css';

export default function ListView(props: ViewProps): ReactNode {
  const { action, views, kinds } = props;
  const lines = useLines(props);
  const { search, domain, entries } = lines;
  const phone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false }) ?? false;
  const selection = useSelection(entries);
  const actions = useListActions(props, domain, entries, selection);
  const { create, remove } = actions;
  const scrollTo = useRef((_index: number): void => undefined);
  const onKeyDown = useListKeys({
    entries,
    selection,
    open: actions.open,
    create,
    scrollTo: (index) => scrollTo.current(index),
    remove: selection.ids.size ? remove : undefined,
  });
  useEffect(() => void selection.clear(), [domain, selection.clear]);
  useEffect(() => {
    if (entries.total !== null) say(`${entries.total} records`);
  }, [entries.total]);

  // Only models with a history keep what was deleted.
  const hasTrash = views.access.delete && Object.values(views.fields).some((field) => field.tracked);
  const nothing = entries.count === 0 && !entries.busy;
  const searched = search.words.length > 0 || search.filters.length > 0;
  const body = (): ReactNode => {
    if (nothing && entries.error) return <Problem error={entries.error} retry={entries.retry} />;
    if (nothing) return <Empty action={action} searched={searched} onCreate={create} />;
    const table = { lines, selection, phone, scrollTo, onKeyDown };
    return <ListTable view={props} actions={actions.ofRow} {...table} />;
  };
  return (
    <div className="tn-page">
      <PageHead middle={<SearchBar state={search} data={views.search} fields={views.fields} groupable />}>
        <ViewSwitch kinds={kinds} current="list" />
        {hasTrash && <ListMenu model={views.model} />}
        {create && <NewButton onPress={create} />}
      </PageHead>
      {body()}
      <SelectionBar
        count={selection.ids.size}
        total={entries.total}
        onAll={() => void actions.selectAll()}
        onClear={selection.clear}
        onDelete={remove}
      />
    </div>
  );
}
