import { Menu } from '@mantine/core';
import { IconPencil, IconTrash, IconTrophy, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Opportunity } from '@/api/types';
import { useTexts } from '@/app/texts';
import type { Late } from '@/ui/LateMenu';
import { tellUndoable } from '@/ui/notices';
import { useAttempt } from '@/ui/useAttempt';
import { pipelinesQuery, stagesOf, useOpportunities } from './opportunities';

type Props = Late & { opportunity: Opportunity; onEdit: () => void; onLose: () => void };

/** What can be done with an opportunity. */
export function OpportunityItems({ target, opened, onChange, opportunity, onEdit, onLose }: Props) {
  const texts = useTexts();
  const { move, win, reopen, remove, restore } = useOpportunities(opportunity.contact_id);
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
    <Menu width={220} opened={opened} onChange={onChange}>
      <Menu.Target>{target}</Menu.Target>
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
