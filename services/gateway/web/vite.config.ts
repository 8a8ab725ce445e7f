import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { chunksOfFirstPages, firstPages } from './build/firstPages';
import { mantineStyles } from './build/mantineStyles';
import { precompressed } from './build/precompressed';

const here = import.meta.dirname;
const gateway = process.env.FICHA_URL ?? 'http://127.0.0.1:8000';

/** What lies over a page, menus, lists to choose from and dialogs: it comes after the page. */
const LAYERS =
  /node_modules\/(@floating-ui|react-remove-scroll|react-remove-scroll-bar|react-style-singleton|use-sidecar|use-callback-ref|tabbable)\/|@mantine\/core\/esm\/components\/(Combobox|Drawer|FocusTrap|Menu|Modal|ModalBase|Overlay|Popover|ScrollArea|Select|Floating)\//;

const ICONS = /node_modules\/@tabler\//;

export default defineConfig({
  plugins: [react(), mantineStyles(), firstPages(), precompressed()],
  resolve: { alias: { '@': resolve(here, 'src') } },
  // The gateway puts a fresh one into every answer: Mantine writes style elements, which the policy allows by nonce only.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    outDir: resolve(here, '../src/gateway/static'),
    emptyOutDir: true,
    target: 'es2023',
    // Inlined files would be data: URLs, which the policy refuses for fonts and scripts.
    assetsInlineLimit: 0,
    // The chart's own chunk; it is loaded after the panel is there.
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      input: { app: resolve(here, 'index.html'), portal: resolve(here, 'portal.html') },
      output: {
        // On a slow network every file costs a way to the server and back: what most pages need travels together.
        codeSplitting: {
          groups: [
            ...chunksOfFirstPages(),
            { name: 'layers', test: LAYERS, priority: 1 },
            { name: 'icons', test: ICONS },
          ],
        },
      },
    },
  },
  server: {
    // As if the page came from there: the gateway takes no other host's requests, and no other origin's writes.
    proxy: Object.fromEntries(
      ['/api', '/portal/api', '/logos'].map((path) => [
        path,
        { target: gateway, changeOrigin: true, headers: { origin: gateway } },
      ]),
    ),
  },
});
