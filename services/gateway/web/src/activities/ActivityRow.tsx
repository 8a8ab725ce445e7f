import { ActionIcon, Checkbox, Group, Stack, Text } from '@mantine/core';
import { IconDotsVertical } from '@tabler/icons-react';
import { lazy, useState } from 'react';
import type { Activity } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { LateMenu } from '@/ui/LateMenu';
import { tellUndoable } from '@/ui/notices';
import { useAttempt } from '@/ui/useAttempt';
import { useActivities } from './activities';
import { ActivityIcon } from './ActivityIcon';

const EditItems = lazy(async () => ({ default: (await import('@/ui/EditItems')).EditItems }));

type Props = { activity: Activity; onEdit: () => void };

/** One activity with the box that marks it done. */
export function ActivityRow({ activity, onEdit }: Props) {
  const texts = useTexts();
  const formats = useFormats();
  const { complete, reopen, remove, restore } = useActivities(activity.contact_id);
  const attempt = useAttempt();
  const [opened, setOpened] = useState(false);
  const done = activity.completed_at !== null;
  const late = !done && new Date(activity.starts_at) < new Date();

  const open = () => attempt(reopen.mutateAsync(activity));
  const finish = () =>
    attempt(complete.mutateAsync(activity), () =>
      tellUndoable(texts.activities.completed(activity.title), texts.actions.undo, open),
    );
  const discard = () =>
    attempt(remove.mutateAsync(activity), () =>
      tellUndoable(texts.activities.removed, texts.actions.undo, () =>
        attempt(restore.mutateAsync(activity)),
      ),
    );

  return (
    <Group wrap="nowrap" gap={10} align="flex-start">
      <Checkbox
        mt={1}
        size="sm"
        radius="xl"
        checked={done}
        aria-label={`${done ? texts.activities.reopen : texts.activities.done}: ${activity.title}`}
        onChange={done ? open : finish}
      />
      <Stack gap={2} flex={1} miw={0}>
        <Text
          fz={13.5}
          fw={550}
          lh={1.35}
          td={done ? 'line-through' : undefined}
          c={done ? 'dimmed' : undefined}
        >
          {activity.title}
        </Text>
        <Group gap={6} wrap="nowrap">
          <ActivityIcon kind={activity.kind} label={texts.activities.kinds[activity.kind]} />
          <Text fz={12.5} c={late ? 'var(--bad)' : 'dimmed'} truncate>
            {formats.daysFromToday(activity.starts_at)}, {formats.time(activity.starts_at)} ·{' '}
            {activity.owner_name}
          </Text>
        </Group>
      </Stack>
      <LateMenu
        opened={opened}
        onChange={setOpened}
        button={
          <ActionIcon variant="subtle" color="gray" aria-label={texts.activities.options(activity.title)}>
            <IconDotsVertical size={17} />
          </ActionIcon>
        }
      >
        {(late) => <EditItems {...late} onEdit={onEdit} onRemove={discard} />}
      </LateMenu>
    </Group>
  );
}
