/** A stream of events that goes on, whatever ends it: a lost connection, a session that is over, a computer that slept. */
import { onRenewed } from './renewal';

/** Between two tries, growing. The browser tries by itself only where the connection broke, not where it was refused. */
const PAUSES_MS = [1_000, 3_000, 10_000, 30_000, 60_000];
/** The server says so often that it is there; who was away for longer may hold an end that nobody speaks into. */
const HEARTBEAT_MS = 15_000;

type Listener = {
  onEvent: (data: string) => void;
  /** Something may have been missed: whatever is shown is asked anew. */
  onMissed: () => void;
};

/** Opens it, once at a time. Answers how to close it. */
export function openLiveStream(url: string, { onEvent, onMissed }: Listener): () => void {
  let source: EventSource;
  let openedBefore = false;
  let refusals = 0;
  let next: ReturnType<typeof setTimeout> | undefined;
  let hiddenAt = 0;

  const open = () => {
    clearTimeout(next);
    source = new EventSource(url);
    source.onmessage = (event: MessageEvent<string>) => onEvent(event.data);
    source.addEventListener('resync', onMissed);
    source.onopen = () => {
      // What happened while the connection was away is not repeated.
      if (openedBefore || refusals > 0) onMissed();
      refusals = 0;
      openedBefore = true;
    };
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return;
      clearTimeout(next);
      next = setTimeout(open, PAUSES_MS[Math.min(refusals++, PAUSES_MS.length - 1)]);
    };
  };
  const openAnew = () => {
    source.close();
    open();
  };
  const onVisibility = () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (Date.now() - hiddenAt > HEARTBEAT_MS || source.readyState === EventSource.CLOSED) openAnew();
  };

  open();
  const stopHearing = onRenewed(openAnew);
  document.addEventListener('visibilitychange', onVisibility);
  window.addEventListener('online', openAnew);
  return () => {
    clearTimeout(next);
    source.close();
    stopHearing();
    document.removeEventListener('visibilitychange', onVisibility);
    window.removeEventListener('online', openAnew);
  };
}
