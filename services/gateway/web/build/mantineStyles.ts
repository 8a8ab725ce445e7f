import type { Plugin } from 'vite';

/** Where a component of Mantine has the names of its classes: whoever takes these needs its styles. */
const CLASSES = /@mantine\/core\/esm\/.*\/(\w+)\.module\.mjs$/;

/**
 * Each component of Mantine brings its own styles, into the chunk that it goes to: pages fetch those of what they show.
 * They lie in a layer, below all of ours, so that it does not matter in which order they come.
 */
export function mantineStyles(): Plugin {
  return {
    name: 'mantine-styles',
    apply: 'build',
    transform: (code, id) => {
      const component = CLASSES.exec(id)?.[1];
      return (
        component && { code: `import '@mantine/core/styles/${component}.layer.css';\n${code}`, map: null }
      );
    },
  };
}
