import { Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '@/i18n/words';
import { Dialog } from './Dialog';

type Props = {
  opened: boolean;
  title: string;
  confirm: string;
  cancel?: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
  children: ReactNode;
};

/** Asks before something that matters. The safe answer has the focus. */
export function ConfirmDialog({
  opened,
  title,
  confirm,
  cancel,
  danger,
  busy,
  onConfirm,
  onClose,
  children,
}: Props) {
  const { actions } = useWords();
  return (
    <Dialog opened={opened} onClose={onClose} title={title}>
      <Stack gap="lg">
        <Text component="div" size="sm" c="dimmed">
          {children}
        </Text>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose} data-autofocus>
            {cancel ?? actions.cancel}
          </Button>
          <Button color={danger ? 'red.8' : undefined} loading={busy} onClick={onConfirm}>
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
