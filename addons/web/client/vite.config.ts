/** Build of the client: relative URLs (the server adds the hashed prefix), output beside the addon's static files. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { shared, sharedInputs } from './plugins/shared.ts';

const server = process.env['TENON_SERVER'] ?? 'http://demo.localhost:8000';

export default defineConfig({
  base: './',
  plugins: [shared(), react()],
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
      },
    },
  },
  server: { proxy: { '/rpc': server, '/web': server, '/login': server, '/logout': server } },
});
