import { Alert, Button, Group, Text } from '@mantine/core';
import { useFormats } from '@/i18n/formats';
import { useWords } from '@/i18n/words';
import type { Kept } from './useKeptForm';

/** Says that the form shows what was written earlier, and offers to begin anew. */
export function RecoveredNote({ kept }: { kept: Pick<Kept, 'since' | 'discard'> }) {
  const { drafts } = useWords();
  const { moment } = useFormats();
  if (!kept.since) return null;
  return (
    <Alert variant="light" color="accent" role="status" py="xs">
      <Group justify="space-between" gap="sm">
        <Text size="sm">{drafts.recovered(moment(kept.since))}</Text>
        <Button size="compact-sm" variant="default" onClick={kept.discard}>
          {drafts.discard}
        </Button>
      </Group>
    </Alert>
  );
}
