import { Button, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import type { Activity, Panel } from '@/api/types';
import { useTexts } from '@/app/texts';
import { PanelCard } from '@/panel/PanelCard';
import { useWasOpen } from '@/drafts/DraftOwner';
import { usePanelFrame } from '@/panel/PanelContext';
import { SectionBody } from '@/panel/SectionBody';
import { activityDraft } from './activities';
import { ActivityRow } from './ActivityRow';

const ActivityDialog = lazy(async () => ({ default: (await import('./ActivityDialog')).ActivityDialog }));

export function ActivitiesCard({ section }: { section: Panel['sections']['activities'] | undefined }) {
  const { activities: texts } = useTexts();
  const { contactId } = usePanelFrame();
  const [dialog, setDialog] = useState<'new' | Activity | undefined>(
    useWasOpen(activityDraft(contactId)) ? 'new' : undefined,
  );
  return (
    <PanelCard title={texts.title}>
      <SectionBody section={section} title={texts.title} height={150}>
        {({ items }) => (
          <Stack gap={14}>
            {items.length === 0 && (
              <Text size="sm" c="dimmed">
                {texts.none}
              </Text>
            )}
            {items.map((activity) => (
              <ActivityRow key={activity.id} activity={activity} onEdit={() => setDialog(activity)} />
            ))}
          </Stack>
        )}
      </SectionBody>
      <Button
        variant="light"
        size="xs"
        fullWidth
        mt="md"
        leftSection={<IconPlus size={15} aria-hidden />}
        onClick={() => setDialog('new')}
      >
        {texts.new}
      </Button>
      <Suspense>
        {dialog && (
          <ActivityDialog
            contactId={contactId}
            activity={dialog === 'new' ? undefined : dialog}
            onClose={() => setDialog(undefined)}
          />
        )}
      </Suspense>
    </PanelCard>
  );
}
