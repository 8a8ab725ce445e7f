import { Button, Group, Skeleton, Stack, Title } from '@mantine/core';
import { IconCalendarEvent, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { Activity } from '@/api/types';
import { useTexts } from '@/app/texts';
import { MessageLog } from '@/messages/MessageLog';
import { usePanelFrame } from '@/panel/PanelContext';
import { EmptyState } from '@/ui/EmptyState';
import { QueryProblem } from '@/ui/QueryProblem';
import { LoadMore } from '@/ui/LoadMore';
import { activityListQuery } from './activities';
import { ActivityRow } from './ActivityRow';

const ActivityDialog = lazy(async () => ({ default: (await import('./ActivityDialog')).ActivityDialog }));

/** All that was done with the contact and is still to do. */
export function ActivityTab() {
  const { activities: texts } = useTexts();
  const { contactId } = usePanelFrame();
  const open = useInfiniteQuery(activityListQuery(contactId, true));
  const finished = useInfiniteQuery(activityListQuery(contactId, false));
  const [dialog, setDialog] = useState<'new' | Activity>();
  const none = open.data?.pages[0]?.items.length === 0 && finished.data?.pages[0]?.items.length === 0;
  return (
    <Stack p={{ base: 'md', sm: 'lg' }} gap="lg">
      <Group justify="flex-end">
        <Button size="sm" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDialog('new')}>
          {texts.new}
        </Button>
      </Group>
      {none ? (
        <EmptyState icon={IconCalendarEvent} title={texts.noneAtAll} hint={texts.noneAtAllHint} />
      ) : (
        <>
          <ActivityGroup open title={texts.pendingTitle} onEdit={setDialog} />
          <ActivityGroup open={false} title={texts.doneTitle} onEdit={setDialog} />
        </>
      )}
      <MessageLog contactId={contactId} />
      <Suspense>
        {dialog && (
          <ActivityDialog
            contactId={contactId}
            activity={dialog === 'new' ? undefined : dialog}
            onClose={() => setDialog(undefined)}
          />
        )}
      </Suspense>
    </Stack>
  );
}

type GroupProps = { open: boolean; title: string; onEdit: (activity: Activity) => void };

function ActivityGroup({ open, title, onEdit }: GroupProps) {
  const { actions } = useTexts();
  const { contactId } = usePanelFrame();
  const found = useInfiniteQuery(activityListQuery(contactId, open));
  if (found.isPending) return <Skeleton height={120} />;
  if (found.isError) return <QueryProblem error={found.error} onRetry={() => void found.refetch()} />;
  const items = found.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return null;
  return (
    <Stack gap={14} component="section" aria-label={title}>
      <Title order={2} fz={14.5}>
        {title}
      </Title>
      {items.map((activity) => (
        <ActivityRow key={activity.id} activity={activity} onEdit={() => onEdit(activity)} />
      ))}
      <LoadMore of={found}>{actions.loadMore}</LoadMore>
    </Stack>
  );
}
