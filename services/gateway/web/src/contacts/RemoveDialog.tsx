import { List } from '@mantine/core';
import type { Contact, Panel } from '@/api/types';
import { useTexts } from '@/app/texts';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { tell, tellUndoable } from '@/ui/notices';
import { useAttempt } from '@/ui/useAttempt';
import { useRemoveContact, useRestoreContact } from './contacts';

type Props = { contact: Contact; panel?: Panel; onClose: () => void; onRemoved: () => void };

/** Asks before a contact is deleted, and says what stays. */
export function RemoveDialog({ contact, panel, onClose, onRemoved }: Props) {
  const texts = useTexts();
  const remove = useRemoveContact();
  const restore = useRestoreContact();
  const listed = panel?.sections.documents.data?.listed;
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
      opened
      title={texts.contact.removeAsk(contact.name)}
      confirm={texts.actions.remove}
      danger
      busy={remove.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      <List size="sm" spacing={6}>
        <List.Item>{texts.contact.removeHint}</List.Item>
        {listed && <List.Item>{texts.contact.removeKeeps(listed.sales + listed.purchases)}</List.Item>}
        {linked > 0 && <List.Item>{texts.contact.removeUnlinks(linked)}</List.Item>}
      </List>
    </ConfirmDialog>
  );
}
