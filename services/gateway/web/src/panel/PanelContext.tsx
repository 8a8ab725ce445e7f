import { createContext, use } from 'react';

export type PanelFrame = { contactId: string; retry: () => void; retrying: boolean };

export const PanelContext = createContext<PanelFrame | null>(null);

/** Whose panel this is, for the sections inside it. */
export function usePanelFrame(): PanelFrame {
  const frame = use(PanelContext);
  if (!frame) throw new Error('A section of the panel stands outside of it.');
  return frame;
}
