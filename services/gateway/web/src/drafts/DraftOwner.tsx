import { createContext, use, useState } from 'react';
import { readDraft } from './drafts';

/** Whose page this is: organisation and person. Empty where nobody is logged in. */
export const DraftOwner = createContext('');

export function useDraftName(what: string): string {
  return `${use(DraftOwner)}/${what}`;
}

/** Whether the page was left with this form open and something in it. */
export function useWasOpen(what: string): boolean {
  const name = useDraftName(what);
  const [was] = useState(() => readDraft(name)?.open ?? false);
  return was;
}
