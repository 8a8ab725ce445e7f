import { ActionIcon, Group, Menu, Progress, Stack, Text } from '@mantine/core';
import { IconDotsVertical, IconPencil, IconTrash, IconTrophy, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Opportunity } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { tellUndoable } from '@/ui/notices';
import { useAttempt } from '@/ui/useAttempt';
import { pipelinesQuery, stagesOf, useOpportunities } from './opportunities';
import classes from './OpportunityItem.module.css';

type Props = { opportunity: Opportunity; onEdit: () => void; onLose: () => void };

export function OpportunityItem({ opportunity, onEdit, onLose }: Props) {
  const { opportunities: texts } = useTexts();
  const { money, day } = useFormats();
  return (
    <div className={classes.item}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap={6}>
        <Text fz={13.5} fw={560} lh={1.35}>
          {opportunity.title}
        </Text>
        <OpportunityMenu opportunity={opportunity} onEdit={onEdit} onLose={onLose} />
      </Group>
      <Stack gap={6}>
        <Text fz={15} fw={620} className="figures">
          {money(opportunity.value, opportunity.currency)}
        </Text>
        <Progress value={opportunity.probability} size={4} aria-label={texts.probability} />
        <Group justify="space-between" gap={6}>
          <Text fz={12.5} c="dimmed">
            {opportunity.stage_name} · {opportunity.probability} %
          </Text>
          {opportunity.expected_close && (
            <Text fz={12.5} c="dimmed">
              {texts.closes(day(opportunity.expected_close))}
            </Text>
          )}
        </Group>
      </Stack>
    </div>
  );
}

function OpportunityMenu({ opportunity, onEdit, onLose }: Props) {
  const texts = useTexts();
  const { move, win, reopen, remove, restore } = useOpportunities(opportunity.contact_id);
  const [opened, setOpened] = useState(false);
  const pipelines = useQuery({ ...pipelinesQuery, enabled: opened });
  const attempt = useAttempt();
  const { title } = opportunity;
  const winIt = () =>
    attempt(win.mutateAsync(opportunity), () =>
      tellUndoable(texts.opportunities.won(title), texts.actions.undo, () =>
        attempt(reopen.mutateAsync(opportunity)),
      ),
    );
  const discard = () =>
    attempt(remove.mutateAsync(opportunity), () =>
      tellUndoable(texts.opportunities.removed, texts.actions.undo, () =>
        attempt(restore.mutateAsync(opportunity)),
      ),
    );
  return (
    <Menu width={220} opened={opened} onChange={setOpened}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={texts.opportunities.options(title)}>
          <IconDotsVertical size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconTrophy size={16} />} onClick={winIt}>
          {texts.opportunities.win}
        </Menu.Item>
        <Menu.Item leftSection={<IconX size={16} />} onClick={onLose}>
          {texts.opportunities.lose}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{texts.opportunities.moveTo}</Menu.Label>
        {stagesOf(pipelines.data, opportunity.pipeline_id).map((stage) => (
          <Menu.Item
            key={stage.id}
            disabled={stage.id === opportunity.stage_id}
            onClick={() => attempt(move.mutateAsync({ opportunity, stage }))}
          >
            {stage.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconPencil size={16} />} onClick={onEdit}>
          {texts.actions.edit}
        </Menu.Item>
        <Menu.Item leftSection={<IconTrash size={16} />} color="red" onClick={discard}>
          {texts.actions.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
