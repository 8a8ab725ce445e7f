import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';

export function tell(message: string): void {
  notifications.show({ message, color: 'accent' });
}

export function tellProblem(message: string): void {
  notifications.show({ message, color: 'red', autoClose: 8000 });
}

/** Says what was done and offers the way back. */
export function tellUndoable(message: string, undoLabel: string, undo: () => void): void {
  const id = notifications.show({
    autoClose: 9000,
    message: (
      <Group justify="space-between" wrap="nowrap" gap="md">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          {undoLabel}
        </Button>
      </Group>
    ),
  });
}
