import { Button, Group, Text } from '@mantine/core';
import { useWords } from '@/i18n/words';
import { Dialog } from './Dialog';

/** Somebody else has logged in: nothing behind it can be pressed any more. */
export function TakenDialog() {
  const { session } = useWords();
  return (
    <Dialog
      title={session.taken}
      withCloseButton={false}
      closeOnClickOutside={false}
      onClose={() => undefined}
    >
      <Text size="sm">{session.takenHint}</Text>
      <Group justify="flex-end" mt="lg">
        <Button onClick={() => window.location.reload()} data-autofocus>
          {session.reload}
        </Button>
      </Group>
    </Dialog>
  );
}
