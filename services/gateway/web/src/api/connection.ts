/** Whether the server can be reached. While it cannot, Query holds back what it would ask and send. */
import { onlineManager } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';

/** Between two looks, growing: a server that restarts is not stormed by everybody. */
const PAUSES_MS = [500, 1_000, 2_000, 5_000, 10_000];

let failures = 0;
let next: ReturnType<typeof setTimeout> | undefined;

export function connectionLost(): void {
  onlineManager.setOnline(false);
  next ??= setTimeout(() => void look(), PAUSES_MS[Math.min(failures++, PAUSES_MS.length - 1)]);
}

export function connectionFound(): void {
  failures = 0;
  if (!onlineManager.isOnline()) onlineManager.setOnline(true);
}

/** Looks now. */
export async function look(): Promise<void> {
  clearTimeout(next);
  next = undefined;
  try {
    await fetch('/favicon.svg', { method: 'HEAD', cache: 'no-store' });
    connectionFound();
  } catch {
    connectionLost();
  }
}

export function useConnected(): boolean {
  return useSyncExternalStore(
    (changed) => onlineManager.subscribe(changed),
    () => onlineManager.isOnline(),
  );
}
