import { Button, Group, Stack } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useState, type ReactNode, type SubmitEvent } from 'react';
import { RecoveredNote } from '@/drafts/RecoveredNote';
import type { Kept } from '@/drafts/useKeptForm';
import { useWords } from '@/i18n/words';
import { ConfirmDialog } from './ConfirmDialog';
import { Dialog } from './Dialog';
import { Form } from './Form';

type Props<Values> = {
  title: string;
  submit?: string;
  busy: boolean;
  size?: string;
  form: UseFormReturnType<Values>;
  /** Keeps what is written. Without it (passwords are not kept) the dialog asks before it throws anything away. */
  kept?: Pick<Kept, 'since' | 'leave' | 'discard'>;
  onSubmit: (event: SubmitEvent<HTMLFormElement>) => void;
  onClose: () => void;
  children: ReactNode;
};

/** A form in a dialog: fields, then Cancelar and Guardar. */
export function FormDialog<Values>({
  title,
  submit,
  busy,
  size = 'md',
  form,
  kept,
  onSubmit,
  onClose,
  children,
}: Props<Values>) {
  const { actions, drafts } = useWords();
  const [asking, setAsking] = useState(false);
  const ask = () => (form.isDirty() ? setAsking(true) : onClose());
  const leave = () => {
    kept?.leave();
    onClose();
  };
  const cancel = () => {
    kept?.discard();
    onClose();
  };
  return (
    <Dialog onClose={kept ? leave : ask} title={title} size={size}>
      <Form form={form} onSubmit={onSubmit}>
        <Stack gap="md">
          {kept && <RecoveredNote kept={kept} />}
          {children}
        </Stack>
        <Group justify="flex-end" gap="sm" mt="lg">
          <Button variant="default" onClick={kept ? cancel : ask}>
            {actions.cancel}
          </Button>
          <Button type="submit" loading={busy}>
            {submit ?? actions.save}
          </Button>
        </Group>
      </Form>
      <ConfirmDialog
        opened={asking}
        title={drafts.leaveAsk}
        confirm={drafts.discard}
        danger
        onConfirm={onClose}
        onClose={() => setAsking(false)}
      >
        {drafts.leaveHint}
      </ConfirmDialog>
    </Dialog>
  );
}
