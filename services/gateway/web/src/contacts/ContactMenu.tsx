import { ActionIcon, List, Menu } from '@mantine/core';
import { IconDotsVertical, IconPencil, IconTrash } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import type { Contact, Panel } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useWasOpen } from '@/drafts/DraftOwner';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { tell, tellUndoable } from '@/ui/notices';
import { useShortcuts } from '@/ui/shortcuts';
import { useAttempt } from '@/ui/useAttempt';
import { contactDraft } from './contactValues';
import { useRemoveContact, useRestoreContact } from './contacts';

const ContactForm = lazy(async () => ({ default: (await import('./ContactForm')).ContactForm }));

type Props = { contact: Contact; panel?: Panel; onRemoved: () => void };

/** The three dots of a contact: edit it, delete it. */
export function ContactMenu({ contact, panel, onRemoved }: Props) {
  const texts = useTexts();
  const [dialog, setDialog] = useState<'edit' | 'remove' | undefined>(
    useWasOpen(contactDraft(contact)) ? 'edit' : undefined,
  );
  const close = () => setDialog(undefined);
  useShortcuts([['e', () => setDialog('edit')]]);
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={texts.contact.options}>
            <IconDotsVertical size={19} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setDialog('edit')}>
            {texts.actions.edit}
          </Menu.Item>
          <Menu.Item leftSection={<IconTrash size={16} />} color="red" onClick={() => setDialog('remove')}>
            {texts.actions.remove}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
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
      </Suspense>
      <RemoveDialog
        opened={dialog === 'remove'}
        contact={contact}
        panel={panel}
        onClose={close}
        onRemoved={() => {
          close();
          onRemoved();
        }}
      />
    </>
  );
}

function RemoveDialog({
  opened,
  contact,
  panel,
  onClose,
  onRemoved,
}: Props & { opened: boolean; onClose: () => void }) {
  const texts = useTexts();
  const remove = useRemoveContact();
  const restore = useRestoreContact();
  const counts = panel?.sections.documents.data?.counts;
  const linked = panel?.sections.people.data?.items.length ?? 0;

  const attempt = useAttempt();
  const undo = () =>
    attempt(restore.mutateAsync(contact.id), () => tell(texts.contact.restored(contact.name)));
  const confirm = () =>
    attempt(remove.mutateAsync(contact.id), () => {
      tellUndoable(texts.contact.removed(contact.name), texts.actions.undo, undo);
      onRemoved();
    });

  return (
    <ConfirmDialog
      opened={opened}
      title={texts.contact.removeAsk(contact.name)}
      confirm={texts.actions.remove}
      danger
      busy={remove.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      <List size="sm" spacing={6}>
        <List.Item>{texts.contact.removeHint}</List.Item>
        {counts && <List.Item>{texts.contact.removeKeeps(counts.sales + counts.purchases)}</List.Item>}
        {linked > 0 && <List.Item>{texts.contact.removeUnlinks(linked)}</List.Item>}
      </List>
    </ConfirmDialog>
  );
}
