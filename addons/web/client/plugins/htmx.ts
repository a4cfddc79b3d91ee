/** Puts htmx beside the client, for the public pages of addons: they are rendered by the server and take no other script. */
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Plugin } from 'vite';

export function htmx(): Plugin {
  return {
    name: 'tenon-htmx',
    writeBundle(options) {
      const source = createRequire(import.meta.url).resolve('htmx.org/dist/htmx.min.js');
      copyFileSync(source, join(options.dir ?? '.', 'htmx.min.js'));
    },
  };
}
