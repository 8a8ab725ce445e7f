import { ActionIcon, Group, Progress, Stack, Text } from '@mantine/core';
import { IconDotsVertical } from '@tabler/icons-react';
import { lazy, useState } from 'react';
import type { Opportunity } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { LateMenu } from '@/ui/LateMenu';
import classes from './OpportunityItem.module.css';

const OpportunityItems = lazy(async () => ({
  default: (await import('./OpportunityItems')).OpportunityItems,
}));

type Props = { opportunity: Opportunity; onEdit: () => void; onLose: () => void };

export function OpportunityItem({ opportunity, onEdit, onLose }: Props) {
  const { opportunities: texts } = useTexts();
  const { money, day } = useFormats();
  const [opened, setOpened] = useState(false);
  return (
    <div className={classes.item}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap={6}>
        <Text fz={13.5} fw={560} lh={1.35}>
          {opportunity.title}
        </Text>
        <LateMenu
          opened={opened}
          onChange={setOpened}
          button={
            <ActionIcon variant="subtle" color="gray" aria-label={texts.options(opportunity.title)}>
              <IconDotsVertical size={17} />
            </ActionIcon>
          }
        >
          {(late) => <OpportunityItems {...late} opportunity={opportunity} onEdit={onEdit} onLose={onLose} />}
        </LateMenu>
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
