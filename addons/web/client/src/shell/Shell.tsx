/** The frame around every page: sidebar, page, palette, shortcuts, feedback. */
import { useMediaQuery } from '@mantine/hooks';
import { lazy, Suspense, useEffect, type ReactNode } from 'react';
import { useBoot } from '../rpc/boot';
import { Boundary } from '../registry/Boundary';
import { ActionPage } from './ActionPage';
import { FeedbackLayer } from './Feedback';
import { navigate, usePlace } from './location';
import { panels, showPanel } from './panels';
import { PHONE } from './screen';
import { fold, NARROW, preferences } from './preferences';
import { firstAction, actionPlace, Sidebar } from './Sidebar';
import { useShortcuts } from './shortcuts';
import { useTrail } from './trail';
import { askedRecord } from '../views/form/dialog';

const PhoneDrawer = lazy(() => import('./PhoneDrawer'));
const Palette = lazy(() => import('./Palette').then((module) => ({ default: module.Palette })));
const ShortcutsDialog = lazy(() => import('./ShortcutsDialog').then((module) => ({ default: module.ShortcutsDialog })));

function useGlobalShortcuts(): void {
  useShortcuts([
    {
      keys: 'mod+k',
      label: 'Search and commands',
      group: 'Everywhere',
      typing: true,
      run: () => showPanel('palette', !panels.get().palette),
    },
    { keys: '?', label: 'Keyboard shortcuts', group: 'Everywhere', run: () => showPanel('shortcuts') },
    { keys: '[', label: 'Fold or show the sidebar', group: 'Everywhere', run: fold },
  ]);
}

/** `/app` alone opens the first menu. */
function useStart(): void {
  const boot = useBoot();
  const { crumbs } = usePlace();
  useEffect(() => {
    if (crumbs.length) return;
    const first = boot.apps.map(firstAction).find(Boolean) ?? Object.keys(boot.actions)[0];
    if (first) void navigate(actionPlace(first), { replace: true });
  }, [boot, crumbs]);
}

function useDocumentTitle(): void {
  const { tenant } = useBoot();
  const last = useTrail().at(-1)?.title;
  useEffect(
    () => void (document.title = [last, tenant.title || tenant.name].filter(Boolean).join(' · ')),
    [last, tenant],
  );
}

const FormDialog = lazy(() => import('../views/form/FormDialog'));

export function Shell(): ReactNode {
  useGlobalShortcuts();
  useStart();
  useDocumentTitle();
  const phone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false });
  const narrow = useMediaQuery(NARROW, false, { getInitialValueInEffect: false });
  const { folded } = preferences.use();
  const { palette, shortcuts } = panels.use();
  const asked = askedRecord.use() !== null;
  const page = usePlace()
    .crumbs.map((crumb) => `${crumb.name}/${crumb.id ?? ''}`)
    .join();
  return (
    <div className="tn-app">
      <a className="tn-skip" href="#main">
        Skip to the content
      </a>
      {phone ? (
        <Suspense>
          <PhoneDrawer />
        </Suspense>
      ) : (
        <Sidebar folded={folded ?? narrow} />
      )}
      <main id="main" className="tn-main" tabIndex={-1}>
        <Boundary key={page} name="This page">
          <ActionPage />
        </Boundary>
      </main>
      <Suspense>
        {palette && <Palette />}
        {shortcuts && <ShortcutsDialog />}
        {asked && <FormDialog />}
      </Suspense>
      <FeedbackLayer />
    </div>
  );
}
