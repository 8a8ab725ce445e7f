/** What a module needs, as far as a bundler knows it before it has shaken the tree. */
import { dirname, resolve } from 'node:path';
import type { Rolldown } from 'vite';

/** Packages that offer all they have in one index: who imports a name from it needs the module behind that alone. */
const INDEX =
  /node_modules\/(@mantine\/(core|hooks|notifications|charts)|@tabler\/icons-react)\/.*(index|tabler-icons-react)\.mjs$/;
const NAMED_IMPORTS = /import\s*{([^}]*)}\s*from\s*['"](@mantine\/\w+|@tabler\/icons-react)['"]/g;
const INDEX_LINES = /(?:import|export)\s*{([^}]*)}\s*from\s*['"](\.\/[^'"]+)['"]/g;

/** The ids of all modules that these need, themselves included; with `dynamic` also what they may need later. */
export function reached(
  from: string[],
  graph: Rolldown.ChunkingContext,
  { dynamic }: { dynamic: boolean },
): Set<string> {
  const found = new Set<string>();
  const waiting = [...from];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    const module = graph.getModuleInfo(id);
    if (!module) continue;
    const names = namesTaken(module.code ?? '');
    for (const needed of module.importedIds) {
      if (INDEX.test(needed)) waiting.push(...behind(needed, names, graph));
      else waiting.push(needed);
    }
    if (dynamic) waiting.push(...module.dynamicallyImportedIds);
  }
  return found;
}

function namesTaken(code: string): string[] {
  return [...code.matchAll(NAMED_IMPORTS)].flatMap(([, names = '']) => namesIn(names));
}

function behind(index: string, names: string[], graph: Rolldown.ChunkingContext): string[] {
  const code = graph.getModuleInfo(index)?.code ?? '';
  const files = new Map<string, string>();
  for (const [, offered = '', path = ''] of code.matchAll(INDEX_LINES)) {
    for (const name of namesIn(offered)) files.set(name, resolve(dirname(index), path));
  }
  return names.flatMap((name) => files.get(name) ?? []);
}

/** `Button, default as IconX, type Props` → Button, IconX, Props; of what is imported, the name it has there. */
function namesIn(list: string): string[] {
  return list
    .split(',')
    .map((each) => each.trim().replace(/^type /, ''))
    .filter(Boolean)
    .map((each) => (each.startsWith('default as ') ? each.slice(11) : (each.split(' as ')[0] ?? each)));
}
