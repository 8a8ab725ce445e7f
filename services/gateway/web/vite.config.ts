import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const here = import.meta.dirname;
const gateway = process.env.FICHA_URL ?? 'http://127.0.0.1:8000';

/** What every page of both apps needs of the libraries. */
const BASE =
  /node_modules\/(react|react-dom|scheduler|@tanstack\/(?!.*virtual)[^/]+|@mantine\/hooks|openapi-fetch|use-sync-external-store|get-nonce|clsx)\/|@mantine\/core\/esm\/(core|components\/(ActionIcon|Alert|Avatar|Badge|Box|Button|Center|CloseButton|Group|Input|InputBase|Loader|Paper|Portal|Skeleton|Stack|Text|TextInput|ThemeIcon|Title|Transition|UnstyledButton|VisuallyHidden))\//;
/** What every page needs of our own. */
const COMMON =
  /src\/((api|i18n|theme)\/(?!.*(en|ca)\.)|ui\/(ConnectionNotice|EmptyState|Initials|ProblemPage|QueryProblem|SessionKeeper|SkipLink|fetchRoutes|links|notices|problemText|shortcuts|useAttempt)\.)/;
/** What lies over a page, menus, lists to choose from and dialogs: it comes after the page. */
const LAYERS =
  /node_modules\/(@floating-ui|react-remove-scroll|react-remove-scroll-bar|react-style-singleton|use-sidecar|use-callback-ref|tabbable)\/|@mantine\/core\/esm\/components\/(Combobox|Drawer|FocusTrap|Menu|Modal|ModalBase|Overlay|Popover|ScrollArea|Select|Floating)\//;

export default defineConfig({
  plugins: [react(), precompressed()],
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
            { name: 'base', test: BASE },
            { name: 'layers', test: LAYERS },
            { name: 'common', test: COMMON },
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

/** Beside each file of text its compressed forms, made once and as small as can be: the gateway sends them as they are. */
function precompressed(): Plugin {
  return {
    name: 'precompressed',
    apply: 'build',
    writeBundle: ({ dir = '' }) => {
      const assets = join(dir, 'assets');
      for (const name of readdirSync(assets).filter((each) => /\.(js|css|svg)$/.test(each))) {
        const content = readFileSync(join(assets, name));
        const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
        writeFileSync(join(assets, `${name}.br`), brotliCompressSync(content, { params: quality }));
        writeFileSync(join(assets, `${name}.gz`), gzipSync(content, { level: 9 }));
      }
    },
  };
}
