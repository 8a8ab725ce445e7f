import { Alert, Button, CopyButton, Group, Stack, TextInput } from '@mantine/core';
import { useTexts } from '@/app/texts';
import { Dialog } from '@/ui/Dialog';
import type { NewApiKey } from './apiKeys';

/** Shown this once: nobody keeps it. */
export function KeyDialog({ apiKey, onClose }: { apiKey: NewApiKey; onClose: () => void }) {
  const { apiKeys: texts } = useTexts();
  return (
    <Dialog title={texts.madeTitle(apiKey.name)} closeOnClickOutside={false} onClose={onClose}>
      <Stack gap="md">
        <Alert color="yellow" variant="light">
          {texts.once}
        </Alert>
        <TextInput
          label={texts.key}
          value={apiKey.key}
          readOnly
          data-autofocus
          styles={{ input: { fontFamily: 'monospace' } }}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Group justify="flex-end" gap="sm">
          <CopyButton value={apiKey.key}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? texts.copied : texts.copy}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onClose}>{texts.kept}</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
