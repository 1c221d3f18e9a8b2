import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compress } from './compress.ts';
import { themeCss } from './theme-css.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Where `npm run dev` of the console finds a running Reeve; the address the server listens on by default. */
const reeve = process.env['REEVE_URL'] ?? 'http://127.0.0.1:8470';

export default defineConfig({
  root: here('.'),
  plugins: [react(), themeCss(), compress(here('../dist/console'))],
  build: {
    outDir: here('../dist/console'),
    emptyOutDir: true,
    target: 'es2023',
    // A data: URL in a stylesheet would need a wider content security policy.
    assetsInlineLimit: 0,
    // The preload polyfill is an inline script, which the policy refuses.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // What nearly every page needs travels in three files instead of thirty. Earlier groups take what later ones share.
        codeSplitting: {
          groups: [
            {
              name: 'vendor',
              priority: 3,
              test: /node_modules\/(?!asciinema-player|solid-js|@xterm|@simplewebauthn|@tanstack\/(?:react-)?(?:table|virtual))/,
            },
            { name: 'ui', priority: 2, test: /console\/src\/(?:ui\/(?!table|terminal)|api|layout)/ },
            { name: 'table', priority: 1, test: /react-table|table-core|react-virtual|virtual-core|src\/ui\/table/ },
          ],
        },
      },
    },
  },
  server: { host: '127.0.0.1', port: 5173, proxy: { '/v1': { target: reeve, changeOrigin: false } } },
  cacheDir: here('../node_modules/.vite-console'),
});
