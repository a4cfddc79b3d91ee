/** Build of the client: relative URLs (the server adds the hashed prefix), output beside the addon's static files. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { htmx } from './plugins/htmx.ts';
import { shared, sharedInputs } from './plugins/shared.ts';

const server = process.env['TENON_SERVER'] ?? 'http://demo.localhost:8000';

const BASE =
  /client\/src\/(rpc|domain|registry|search|shell|widgets)\/[^/]+\.tsx?$|src\/store|src\/views\/(data|spec|marks)/;
/** Loaded when it is wanted, though it stands in the same rooms. */
const LATER = /[pP]alette|PhoneDrawer|ShortcutsDialog|Dialogs|HoverChip|RecordCard/;
/** What every page needs anyway stands in a few files, not in thirty: fewer requests until the first list. */
const GROUPS = [
  { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
  { name: 'floating', test: /node_modules\/@floating-ui\// },
  { name: 'query', test: /node_modules\/@tanstack\/(react-query|query-core)\// },
  { name: 'base', test: (id: string): boolean => BASE.test(id) && !LATER.test(id) },
];

export default defineConfig({
  base: './',
  plugins: [shared(), htmx(), react()],
  build: {
    target: 'es2022',
    outDir: '../static/client',
    emptyOutDir: true,
    cssCodeSplit: true,
    reportCompressedSize: true,
    modulePreload: { polyfill: false },
    rollupOptions: {
      preserveEntrySignatures: 'strict',
      input: { main: 'src/main.tsx', ...sharedInputs() },
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
        codeSplitting: { groups: GROUPS },
      },
    },
  },
  server: { proxy: { '/rpc': server, '/web': server, '/login': server, '/logout': server } },
});
