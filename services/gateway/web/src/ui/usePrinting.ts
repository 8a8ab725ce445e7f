import { useSyncExternalStore } from 'react';

let printing = false;

/** Whether the page is being printed: then all of a list has to be there, not only what is in sight. */
export function usePrinting(): boolean {
  return useSyncExternalStore(subscribe, () => printing);
}

function subscribe(listener: () => void): () => void {
  const tell = (now: boolean) => () => {
    printing = now;
    listener();
  };
  const [begin, end] = [tell(true), tell(false)];
  window.addEventListener('beforeprint', begin);
  window.addEventListener('afterprint', end);
  return () => {
    window.removeEventListener('beforeprint', begin);
    window.removeEventListener('afterprint', end);
  };
}
