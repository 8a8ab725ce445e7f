/**
 * The Idempotency-Keys of POSTs whose answer never came: the same one again is the same one to the server. They outlive
 * a reload in this tab, under a digest of what was sent; what holds a password is not kept beyond the page.
 */
const PREFIX = 'ficha.unanswered:';
/** Later the same words are meant as something new. */
const KEPT_MS = 3_600_000;

const inMemory = new Map<string, string>();

export type Sent = { name: string; kept: string | undefined };

/** What stands for `text`, all that a request says. */
export async function sentAs(text: string): Promise<Sent> {
  // Browsers have no digests for pages that are neither local nor come over TLS.
  const digests = (globalThis.crypto as Partial<Crypto>).subtle;
  if (!digests || text.includes('password')) return { name: text, kept: undefined };
  const bytes = new Uint8Array(await digests.digest('SHA-256', new TextEncoder().encode(text)));
  return { name: text, kept: PREFIX + Array.from(bytes, twoDigits).join('') };
}

export function keyOf({ name, kept }: Sent): string | undefined {
  return inMemory.get(name) ?? (kept && readKept(kept));
}

export function keepKey({ name, kept }: Sent, key: string): void {
  inMemory.set(name, key);
  if (!kept) return;
  try {
    storage()?.setItem(kept, JSON.stringify({ key, at: Date.now() }));
  } catch {
    // Without room it is as sure as before, until the page is left.
  }
}

export function dropKey({ name, kept }: Sent): void {
  inMemory.delete(name);
  if (kept) storage()?.removeItem(kept);
}

export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), twoDigits).join('');
}

function readKept(kept: string): string | undefined {
  const { key, at } = JSON.parse(storage()?.getItem(kept) ?? '{}') as { key?: string; at?: number };
  return at !== undefined && Date.now() - at < KEPT_MS ? key : undefined;
}

/** Browsers refuse it where people have said so. */
function storage(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

function twoDigits(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
