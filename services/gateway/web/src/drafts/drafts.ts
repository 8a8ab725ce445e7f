/**
 * What people wrote and have not saved, kept in this browser until they save or discard it: each form's under the name
 * of who wrote it (`owner/what`), so that nobody else is shown it. Nothing secret: forms with passwords are not kept.
 */
export type Draft<Values = unknown> = {
  /** What the form began with: tells what was written from what was there. */
  base: Values;
  values: Values;
  /** When it was last written in (ISO 8601). */
  at: string;
  /** The page was left with the form open: it opens again by itself. */
  open: boolean;
};

const PREFIX = 'ficha.draft:';
const KEPT_MS = 14 * 86_400_000;

export function readDraft<Values>(name: string): Draft<Values> | undefined {
  const stored = localStorage.getItem(PREFIX + name);
  if (!stored) return undefined;
  try {
    return JSON.parse(stored) as Draft<Values>;
  } catch {
    return undefined;
  }
}

/** Answers whether the browser has room for it. */
export function keepDraft(name: string, draft: Draft): boolean {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

export function dropDraft(name: string): void {
  localStorage.removeItem(PREFIX + name);
}

/** The names of what this owner has not saved. */
export function draftsOf(owner: string): string[] {
  return allNames().filter((name) => name.startsWith(`${owner}/`));
}

export function forgetOldDrafts(): void {
  for (const name of allNames()) {
    const written = Date.parse(readDraft(name)?.at ?? '');
    if (!(Date.now() - written < KEPT_MS)) dropDraft(name);
  }
}

function allNames(): string[] {
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => key.slice(PREFIX.length));
}
