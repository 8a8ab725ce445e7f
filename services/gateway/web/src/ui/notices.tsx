import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';

export function tell(message: string): void {
  notifications.hide(message);
  notifications.show({ id: message, message, color: 'accent' });
}

export function tellProblem(message: string): void {
  notifications.hide(message);
  notifications.show({ id: message, message, color: 'red', autoClose: 8000 });
}

/** The way back from what was done last, as long as it is offered. */
let takeBackLatest: (() => void) | undefined;

/** Says what was done and offers the way back. */
export function tellUndoable(message: string, undoLabel: string, undo: () => void): void {
  const id = message;
  const takeBack = () => {
    notifications.hide(id);
    undo();
  };
  takeBackLatest = takeBack;
  notifications.hide(id);
  notifications.show({
    id,
    autoClose: 12_000,
    onClose: () => {
      if (takeBackLatest === takeBack) takeBackLatest = undefined;
    },
    message: (
      <Group justify="space-between" wrap="nowrap" gap="md">
        <Text size="sm">{message}</Text>
        <Button size="compact-sm" variant="light" onClick={takeBack}>
          {undoLabel}
        </Button>
      </Group>
    ),
  });
}

export function undoLatest(): void {
  takeBackLatest?.();
}
