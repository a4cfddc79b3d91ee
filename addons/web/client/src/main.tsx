/** The client's start: boot data, addons, then the shell. */
import './theme/base.css';
import './theme/tokens.css';
import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.layer.css';
import './theme/floating.css';
import './widgets/widgets.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { BootContext, currentBoot, loadBoot } from './rpc/boot';
import { client } from './rpc/queries';
import type { Boot } from './rpc/types';
import { loadAddons } from './registry/addons';
import { notify } from './shell/feedback';
import { startRouter } from './shell/location';
import { Shell } from './shell/Shell';
import { startShortcuts } from './shell/shortcuts';
import { theme, variables } from './theme/theme';

async function addons(boot: Boot): Promise<void> {
  const failed = await loadAddons(boot.addons);
  if (failed.length)
    notify('Part of an addon did not load.', { hint: failed.join(' · '), tone: 'error', life: 15_000 });
}

function Booted(): ReactNode {
  const boot = currentBoot.use();
  return (
    boot && (
      <BootContext value={boot}>
        <Shell />
      </BootContext>
    )
  );
}

async function start(): Promise<void> {
  const host = document.getElementById('root');
  if (!host) throw new Error('the page has no #root');
  const boot = await loadBoot();
  currentBoot.set(boot);
  startRouter();
  startShortcuts();
  void addons(boot);
  createRoot(host).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
        <QueryClientProvider client={client}>
          <Booted />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

start().catch((error: unknown) => {
  if (location.pathname.startsWith('/login')) return;
  document.body.textContent = `Tenon could not start: ${error instanceof Error ? error.message : String(error)}`;
});
