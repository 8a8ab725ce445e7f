import { useEffect, useId, useSyncExternalStore } from 'react';

/** What lies over the page, the innermost last. */
let open: string[] = [];
const listeners = new Set<() => void>();

/** Whether nothing lies over this dialog: then Escape is meant for it. */
export function useInnermost(opened: boolean): boolean {
  const id = useId();
  useEffect(() => {
    if (!opened) return;
    change([...open, id]);
    return () => change(open.filter((each) => each !== id));
  }, [id, opened]);
  return useSyncExternalStore(subscribe, () => open.at(-1) === id);
}

function change(next: string[]): void {
  open = next;
  for (const tell of listeners) tell();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
