import { Button, Group, Modal, Stack } from '@mantine/core';
import type { ReactNode, SubmitEvent } from 'react';
import { useWords } from '@/i18n/words';

type Props = {
  title: string;
  submit?: string;
  busy: boolean;
  size?: string;
  onSubmit: (event: SubmitEvent<HTMLFormElement>) => void;
  onClose: () => void;
  children: ReactNode;
};

/** A form in a dialog: fields, then Cancelar and Guardar. */
export function FormDialog({ title, submit, busy, size = 'md', onSubmit, onClose, children }: Props) {
  const { actions } = useWords();
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={size}
      closeButtonProps={{ 'aria-label': actions.close }}
    >
      <form onSubmit={onSubmit} noValidate>
        <Stack gap="md">
          {children}
          <Group justify="flex-end" gap="sm" mt="xs">
            <Button variant="default" onClick={onClose}>
              {actions.cancel}
            </Button>
            <Button type="submit" loading={busy}>
              {submit ?? actions.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
