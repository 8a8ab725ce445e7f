/**
 * The pages that most visits begin with. What one of them needs travels in few files, and its HTML names them all, with
 * what it will ask the API: nothing waits for a script to find out. `pages.json` tells the gateway which is for which path.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Plugin, Rolldown } from 'vite';
import { reached } from './moduleGraph';

type FirstPage = {
  /** The HTML that it is made of. */
  app: 'index' | 'portal';
  /** Path and query, as a regular expression of Python's; what is named in it can be asked for. */
  at: string;
  /** The modules it is drawn by, besides the app's own. */
  modules: string[];
  asks: string[];
  /** The page that is shown instead to who has no cookie whose name ends like this. */
  session?: { cookie: string; without: string };
};

const STAFF = { cookie: 'ficha_session', without: 'login' };
const CLIENT = { cookie: 'ficha_portal', without: 'door' };
const QUERY = '(\\?.*)?';

export const PAGES: Record<string, FirstPage> = {
  login: { app: 'index', at: `/login${QUERY}`, modules: ['src/session/LoginPage.tsx'], asks: [] },
  list: {
    app: 'index',
    at: '/(contacts/?)?',
    modules: ['src/app/Shell.tsx', 'src/contacts/ContactsPage.tsx'],
    asks: ['/api/v1/session', '/api/v1/contacts?limit=25'],
    session: STAFF,
  },
  panel: {
    app: 'index',
    at: `/contacts/(?P<contact>[0-9a-f-]{36})(\\?tab=\\w+)?`,
    modules: ['src/app/Shell.tsx', 'src/panel/PanelPage.tsx'],
    asks: ['/api/v1/session', '/api/v1/contacts/{contact}/panel'],
    session: STAFF,
  },
  door: {
    app: 'portal',
    at: '/portal/login\\?org=(?P<company>[\\w-]+)',
    modules: ['src/portal/LoginPage.tsx'],
    asks: ['/portal/api/company?organization={company}'],
  },
  home: {
    app: 'portal',
    at: '/portal/?(\\?org=(?P<company>[\\w-]+))?',
    modules: ['src/portal/PortalShell.tsx', 'src/portal/HomePage.tsx'],
    asks: ['/portal/api/me', '/portal/api/documents?limit=30'],
    session: CLIENT,
  },
};

const ENTRIES = { index: 'src/app/main.tsx', portal: 'src/portal/main.tsx' };
/** What every other page asks for first. */
const ASKED = { index: ['/api/v1/session'], portal: ['/portal/api/me'] };
const web = resolve(import.meta.dirname, '..');

/**
 * The chunks of what the first pages need: one for all that the same pages need, apart from what only one app has. What
 * more pages need goes first, and takes what it needs itself along. Entries and pages stay where they are: a module runs
 * as soon as its chunk is there.
 */
export function chunksOfFirstPages(): {
  name: (id: string, graph: Rolldown.ChunkingContext) => string | null;
  priority: number;
}[] {
  let chunks: Map<string, Chunk> | undefined;
  const most = Object.keys(PAGES).length * 2 + 1;
  return Array.from({ length: most }, (_, index) => ({
    name: (id, graph) => {
      chunks ??= chunksByModule(graph);
      const chunk = chunks.get(id);
      return chunk?.rank === index + 1 ? chunk.name : null;
    },
    priority: index + 10,
  }));
}

type Chunk = { name: string; rank: number };

function chunksByModule(graph: Rolldown.ChunkingContext): Map<string, Chunk> {
  const apps = Object.values(ENTRIES).map((entry) => reached([pathOf(entry)], graph, { dynamic: true }));
  const chunks = new Map<string, Chunk>();
  for (const [id, pages] of pagesByModule(graph)) {
    const both = apps.every((modules) => modules.has(id));
    const everywhere = pages.length === Object.keys(PAGES).length;
    const name = everywhere
      ? id.includes('/node_modules/')
        ? 'libraries'
        : 'ours'
      : [...(both ? ['both'] : []), ...pages].join('-');
    chunks.set(id, { name, rank: pages.length * 2 + (both ? 1 : 0) });
  }
  return chunks;
}

function pagesByModule(graph: Rolldown.ChunkingContext): Map<string, string[]> {
  const roots = new Set(
    [...Object.values(ENTRIES), ...Object.values(PAGES).flatMap(({ modules }) => modules)].map(pathOf),
  );
  const found = new Map<string, string[]>();
  for (const [name, { app, modules }] of Object.entries(PAGES)) {
    for (const id of reached([ENTRIES[app], ...modules].map(pathOf), graph, { dynamic: false })) {
      if (!roots.has(id)) found.set(id, [...(found.get(id) ?? []), name]);
    }
  }
  return found;
}

/** Writes `<page>.html` for each first page, and `pages.json`. */
export function firstPages(): Plugin {
  return {
    name: 'first-pages',
    apply: 'build',
    writeBundle: ({ dir = '' }, bundle) => {
      const chunks = Object.values(bundle).filter((each) => each.type === 'chunk');
      for (const [name, { app, modules, asks }] of Object.entries(PAGES)) {
        const files = filesOf(modules, chunks);
        const html = readFileSync(join(dir, `${app}.html`), 'utf8');
        writeFileSync(join(dir, `${name}.html`), withFirst(html, files, asks));
      }
      for (const app of ['index', 'portal'] as const) {
        const file = join(dir, `${app}.html`);
        writeFileSync(file, withFirst(readFileSync(file, 'utf8'), { scripts: [], styles: [] }, ASKED[app]));
      }
      writeFileSync(join(dir, 'pages.json'), JSON.stringify(Object.entries(PAGES).map(tellGateway), null, 2));
    },
  };
}

function tellGateway([name, { at, session }]: [string, FirstPage]) {
  return {
    path: at,
    file: `${name}.html`,
    session: session && { cookie: session.cookie, without: `${session.without}.html` },
  };
}

type Files = { scripts: string[]; styles: string[] };

function filesOf(modules: string[], chunks: Rolldown.OutputChunk[]): Files {
  const scripts = new Set<string>();
  const styles = new Set<string>();
  const add = (chunk: Rolldown.OutputChunk | undefined) => {
    if (!chunk || scripts.has(chunk.fileName)) return;
    scripts.add(chunk.fileName);
    for (const name of chunk.imports) add(chunks.find(({ fileName }) => fileName === name));
    for (const name of chunk.viteMetadata?.importedCss ?? []) styles.add(name);
  };
  for (const id of modules.map(pathOf)) {
    const chunk = chunks.find(({ moduleIds }) => moduleIds.includes(id));
    if (!chunk) throw new Error(`No chunk holds ${id}, which a first page is drawn by.`);
    add(chunk);
  }
  return { scripts: [...scripts], styles: [...styles] };
}

/**
 * The page with what it needs first. Style sheets stand below the frame that is shown until the page is there: they hold
 * back scripts, as they must, and not that.
 */
function withFirst(html: string, { scripts, styles }: Files, asks: string[]): string {
  const own = [...html.matchAll(/ *<link rel="stylesheet"[^>]*href="\/([^"]+)"[^>]*>\n/g)];
  const bare = own.reduce((rest, [tag]) => rest.replace(tag, ''), html);
  const sheets = [...new Set([...own.map(([, href]) => href), ...styles])];
  const early = [
    ...asks.map((path) => `<link rel="preload" href="${path}" as="fetch" crossorigin>`),
    ...scripts
      .filter((name) => !html.includes(`"/${name}"`))
      .map((name) => `<link rel="modulepreload" crossorigin href="/${name}">`),
  ];
  return bare
    .replace('</head>', `${early.map((tag) => `  ${tag}\n`).join('')}  </head>`)
    .replace(
      '</body>',
      `${sheets.map((name) => `  <link rel="stylesheet" crossorigin href="/${name}">\n`).join('')}  </body>`,
    );
}

function pathOf(module: string): string {
  return resolve(web, module);
}
