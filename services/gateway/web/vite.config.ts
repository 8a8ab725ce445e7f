import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = import.meta.dirname;
const gateway = process.env.FICHA_URL ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [react()],
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
    rollupOptions: { input: { app: resolve(here, 'index.html'), portal: resolve(here, 'portal.html') } },
  },
  server: {
    proxy: {
      '/api': gateway,
      '/portal/api': gateway,
    },
  },
});
