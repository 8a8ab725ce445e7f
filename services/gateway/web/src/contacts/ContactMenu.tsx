import { ActionIcon } from '@mantine/core';
import { IconDotsVertical } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import type { Contact, Panel } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useWasOpen } from '@/drafts/DraftOwner';
import { LateMenu } from '@/ui/LateMenu';
import { tell } from '@/ui/notices';
import { useShortcuts } from '@/ui/shortcuts';
import { contactDraft } from './contactValues';

const ContactForm = lazy(async () => ({ default: (await import('./ContactForm')).ContactForm }));
const RemoveDialog = lazy(async () => ({ default: (await import('./RemoveDialog')).RemoveDialog }));
const EditItems = lazy(async () => ({ default: (await import('@/ui/EditItems')).EditItems }));

type Props = { contact: Contact; panel?: Panel; onRemoved: () => void };

/** The three dots of a contact: edit it, delete it. */
export function ContactMenu({ contact, panel, onRemoved }: Props) {
  const texts = useTexts();
  const [dialog, setDialog] = useState<'edit' | 'remove' | undefined>(
    useWasOpen(contactDraft(contact)) ? 'edit' : undefined,
  );
  const [opened, setOpened] = useState(false);
  const close = () => setDialog(undefined);
  useShortcuts([['e', () => setDialog('edit')]]);
  return (
    <>
      <LateMenu
        opened={opened}
        onChange={setOpened}
        button={
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={texts.contact.options}>
            <IconDotsVertical size={19} />
          </ActionIcon>
        }
      >
        {(late) => (
          <EditItems {...late} onEdit={() => setDialog('edit')} onRemove={() => setDialog('remove')} />
        )}
      </LateMenu>
      <Suspense>
        {dialog === 'edit' && (
          <ContactForm
            contact={contact}
            onClose={close}
            onSaved={() => {
              close();
              tell(texts.contact.saved);
            }}
          />
        )}
        {dialog === 'remove' && (
          <RemoveDialog
            contact={contact}
            panel={panel}
            onClose={close}
            onRemoved={() => {
              close();
              onRemoved();
            }}
          />
        )}
      </Suspense>
    </>
  );
}
