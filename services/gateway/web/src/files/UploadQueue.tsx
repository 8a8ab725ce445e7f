import { ActionIcon, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { problemText } from '@/ui/problemText';
import type { Upload, useUploads } from './useUploads';
import classes from './FilesTab.module.css';

/** What is about to be sent, or on its way. */
export function UploadQueue({ queue }: { queue: ReturnType<typeof useUploads> }) {
  const { files: texts, actions } = useTexts();
  return (
    <Stack className={classes.queue} gap="sm" role="region" aria-label={texts.chosen}>
      {queue.uploads.map((upload) => (
        <UploadRow
          key={upload.id}
          upload={upload}
          sending={queue.sending}
          onDiscard={() => queue.drop(upload.id)}
        />
      ))}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" size="xs" onClick={queue.cancel}>
          {actions.cancel}
        </Button>
        <Button size="xs" loading={queue.sending} onClick={() => void queue.confirm()}>
          {actions.confirm}
        </Button>
      </Group>
    </Stack>
  );
}

type RowProps = { upload: Upload; sending: boolean; onDiscard: () => void };

function UploadRow({ upload, sending, onDiscard }: RowProps) {
  const texts = useTexts();
  const { fileSize } = useFormats();
  const { name, size } = upload.file;
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text fz={13.5} fw={550} truncate>
          {name}
        </Text>
        <Group gap={6} wrap="nowrap">
          <Text fz={12.5} c="dimmed" className="figures">
            {sending && upload.share > 0 ? `${Math.round(upload.share * 100)} %` : fileSize(size)}
          </Text>
          {!sending && (
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={texts.files.discard(name)}
              onClick={onDiscard}
            >
              <IconX size={15} />
            </ActionIcon>
          )}
        </Group>
      </Group>
      {sending && <Progress value={upload.share * 100} size={5} aria-label={texts.files.uploading(name)} />}
      {upload.error !== undefined && (
        <Text fz={12.5} c="var(--bad)" role="alert">
          {texts.files.failed(name)}: {problemText(upload.error, texts)}
        </Text>
      )}
    </Stack>
  );
}
