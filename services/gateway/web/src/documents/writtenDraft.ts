import type { Document } from '@/api/types';
import { dropDraft, keepDraft, readDraft } from '@/drafts/drafts';
import { isSame } from '@/merging/mergeValues';
import { draftOf, isBegun, patchOf, withOwnKeys, type Draft } from './draft';

/** What was written in the editor and is not at the server, on top of which version of the document, and when. */
export type Written = { draft: Draft; version: number; at: string };

/** Kept in this browser until it is saved; undefined where it says nothing that `document` does not. */
export function readWritten(name: string, document: Document): Written | undefined {
  const found = readDraft<unknown>(name);
  if (!found) return undefined;
  const draft = withOwnKeys(found.values as Draft);
  if (saysTheSame(draft, draftOf(document)) && !hasMore(draft)) {
    dropDraft(name);
    return undefined;
  }
  return { draft, version: found.base as number, at: found.at };
}

export function keepWritten(name: string, draft: Draft, version: number): void {
  keepDraft(name, { base: version, values: draft, at: new Date().toISOString(), open: true });
}

/** After `draft` was saved. Lines that cannot be sent yet (a price without a description) stay kept. */
export function dropWritten(name: string, draft: Draft, version: number): void {
  if (hasMore(draft)) keepWritten(name, draft, version);
  else dropDraft(name);
}

export function saysTheSame(mine: Draft, theirs: Draft): boolean {
  return isSame(patchOf(mine), patchOf(theirs));
}

function hasMore({ lines }: Draft): boolean {
  return lines.some((line) => !isBegun(line) && (line.unit_price !== '' || line.discount_pct !== ''));
}
