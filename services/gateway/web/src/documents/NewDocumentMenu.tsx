import { lazy, useState } from 'react';
import { LateMenu, type LateButton } from '@/ui/LateMenu';
import { useShortcuts } from '@/ui/shortcuts';

const NewDocumentItems = lazy(async () => ({
  default: (await import('./NewDocumentItems')).NewDocumentItems,
}));

/** Every kind of document, below its button and at the key D. */
export function NewDocumentMenu({ contactId, button }: { contactId: string; button: LateButton }) {
  const [opened, setOpened] = useState(false);
  useShortcuts([['d', () => setOpened(true)]]);
  return (
    <LateMenu opened={opened} onChange={setOpened} button={button}>
      {(late) => <NewDocumentItems {...late} contactId={contactId} />}
    </LateMenu>
  );
}
