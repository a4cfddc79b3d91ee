/** The board: columns of cards that are dragged on, by mouse, touch and keyboard. */
import { DndContext, DragOverlay, type DragEndEvent, type DragStartEvent } from '@dnd-kit/core';
import { lazy, Suspense, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useScope } from '../../rpc/boot';
import type { Rec } from '../../rpc/types';
import { SearchBar } from '../../search/SearchBar';
import { readSearch, searchDomain } from '../../search/state';
import { Problem, type ViewProps } from '../../shell/ActionPage';
import { formatPlace, navigate, recordPlace, usePlace } from '../../shell/location';
import { NewButton, PageHead, ViewSwitch } from '../../shell/PageHead';
import { useShortcuts } from '../../shell/shortcuts';
import { neighbours } from '../../shell/trail';
import type { BoardData } from '../data';
import { Empty } from '../Empty';
import type { Board } from './board';
import { CardFace } from './Card';
import { Column } from './Column';
import { announcements, columnUnder, useCardSensors } from './dragging';
import { useBoard, type Refused } from './useBoard';
import './board.css';

const RequiredSheet = lazy(() => import('../form/RequiredSheet'));

function BoardBones(): ReactNode {
  return (
    <div className="tn-board" aria-busy="true">
      {[3, 2, 4, 2, 1].map((count, at) => (
        <section key={at} className="tn-column">
          <header className="tn-column-head">
            <span className="tn-bone" style={{ width: 96 }} />
          </header>
          <div className="tn-column-cards">
            {Array.from({ length: count }, (_, card) => (
              <div key={card} className="tn-card tn-card-bone">
                <span className="tn-bone" style={{ width: '70%' }} />
                <span className="tn-bone" style={{ width: '45%' }} />
              </div>
            ))}
          </div>
        </section>
      ))}
    </div>
  );
}

/** Arrow keys go from card to card. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const card = (event.target as HTMLElement).closest('.tn-card');
  const step = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] }[event.key];
  if (!card || !step || event.defaultPrevented) return;
  const columns = [...event.currentTarget.querySelectorAll('.tn-column:not([data-folded])')].filter((column) =>
    column.querySelector('.tn-card'),
  );
  const column = columns.findIndex((each) => each.contains(card));
  const [across = 0, down = 0] = step;
  const own = [...(columns[column]?.querySelectorAll('.tn-card') ?? [])];
  const at = own.indexOf(card);
  const list = across ? [...(columns[column + across]?.querySelectorAll('.tn-card') ?? [])] : own;
  const next = list[Math.min(at + down, list.length - 1)];
  if (!(next instanceof HTMLElement)) return;
  event.preventDefault();
  next.focus();
}

interface ColumnsProps extends ViewProps {
  board: Board;
  data: BoardData;
  state: ReturnType<typeof useBoard>;
}

function Columns({ action, views, board, data, state }: ColumnsProps): ReactNode {
  const scope = useScope(views.fields);
  const sensors = useCardSensors();
  const [folds, setFolds] = useState<Record<string, boolean>>({});
  const [dragged, setDragged] = useState<{ record: Rec; column: string } | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const open = useMemo(
    () =>
      (record: Rec, newTab = false): void => {
        const place = recordPlace(action.id, record.id);
        if (newTab) return void window.open(formatPlace(place), '_blank', 'noopener');
        const column = board.columns.find((each) => each.cards.some((card) => card.id === record.id));
        neighbours.set({ model: action.model, ids: column?.cards.map((card) => card.id) ?? [] });
        void navigate(place);
      },
    [action, board],
  );
  const onStart = (event: DragStartEvent): void =>
    setDragged(event.active.data.current as { record: Rec; column: string });
  const stop = (): void => {
    setDragged(null);
    setOver(null);
  };
  const onEnd = (event: DragEndEvent): void => {
    const data = event.active.data.current as { record: Rec; column: string } | undefined;
    stop();
    if (data && event.over && String(event.over.id) !== data.column)
      void state.move(data.record, String(event.over.id));
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={columnUnder}
      accessibility={{ announcements }}
      onDragStart={onStart}
      onDragCancel={stop}
      onDragEnd={onEnd}
      onDragOver={(event) => setOver(event.over ? String(event.over.id) : null)}
    >
      <div className="tn-board" onKeyDown={walk} data-dragging={dragged ? true : undefined}>
        {board.columns.map((column) => (
          <Column
            key={column.key}
            column={column}
            data={data}
            views={views}
            scope={scope}
            folded={folds[column.key] ?? column.folded}
            target={over === column.key && dragged?.column !== column.key}
            onFold={(folded) => setFolds((now) => ({ ...now, [column.key]: folded }))}
            onOpen={open}
            onMore={() => state.more(column)}
          />
        ))}
      </div>
      <DragOverlay dropAnimation={{ duration: 150, easing: 'ease-out' }}>
        {dragged && (
          <article className="tn-card tn-card-lifted">
            <CardFace record={dragged.record} data={data.card} fields={views.fields} scope={scope} />
          </article>
        )}
      </DragOverlay>
    </DndContext>
  );
}

function BoardBody(props: ViewProps & { data: BoardData }): ReactNode {
  const { action, views, kinds, data } = props;
  const { params } = usePlace();
  const search = useMemo(() => readSearch(params, action, views.search), [params, action, views]);
  const domain = useMemo(() => searchDomain(search, action, views.search, views.fields), [search, action, views]);
  const [refused, setRefused] = useState<Refused | null>(null);
  const state = useBoard(views, data, domain, setRefused);
  const latest = useRef(state);
  latest.current = state;
  const board = state.query.data;
  const create = views.access.create ? (): void => void navigate(recordPlace(action.id, 'new')) : undefined;
  useShortcuts(create ? [{ keys: 'n', label: 'New record', group: 'This page', run: create }] : []);
  const searched = search.words.length > 0 || search.filters.length > 0;
  return (
    <div className="tn-page">
      <PageHead middle={<SearchBar state={search} data={views.search} fields={views.fields} />}>
        <ViewSwitch kinds={kinds} current="board" />
        {create && <NewButton onPress={create} />}
      </PageHead>
      {state.query.error && !board && <Problem error={state.query.error} retry={() => void state.query.refetch()} />}
      {!board && !state.query.error && <BoardBones />}
      {board && board.total === 0 && (searched || board.columns.length === 0) && (
        <Empty action={action} searched={searched} onCreate={create} />
      )}
      {board && (board.total > 0 || !searched) && board.columns.length > 0 && (
        <Columns {...props} board={board} state={state} />
      )}
      <Suspense>
        {refused && (
          <RequiredSheet
            views={views}
            id={refused.record.id}
            names={refused.fields}
            title={`Move to ${board?.columns.find((column) => column.key === refused.to)?.title ?? ''}`}
            text={refused.text}
            confirm="Fill in and move"
            onClose={() => setRefused(null)}
            onDone={async (changes) => {
              setRefused(null);
              await latest.current.move(refused.record, refused.to, changes);
            }}
          />
        )}
      </Suspense>
    </div>
  );
}

export default function BoardView(props: ViewProps): ReactNode {
  return props.views.board ? <BoardBody {...props} data={props.views.board} /> : null;
}
