import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '@/i18n/words';

type Props = {
  opened: boolean;
  title: string;
  confirm: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
  children: ReactNode;
};

/** Asks before something that matters. The safe answer has the focus. */
export function ConfirmDialog({ opened, title, confirm, danger, busy, onConfirm, onClose, children }: Props) {
  const { actions } = useWords();
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': actions.close }}>
      <Stack gap="lg">
        <Text component="div" size="sm" c="dimmed">
          {children}
        </Text>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose} data-autofocus>
            {actions.cancel}
          </Button>
          <Button color={danger ? 'red.8' : undefined} loading={busy} onClick={onConfirm}>
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
