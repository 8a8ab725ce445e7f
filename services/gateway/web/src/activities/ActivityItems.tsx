import { Menu } from '@mantine/core';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import { useTexts } from '@/app/texts';
import type { Late } from '@/ui/LateMenu';

type Props = Late & { onEdit: () => void; onRemove: () => void };

/** What can be done with an activity. */
export function ActivityItems({ target, opened, onChange, onEdit, onRemove }: Props) {
  const { actions } = useTexts();
  return (
    <Menu opened={opened} onChange={onChange}>
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} />} onClick={onEdit}>
          {actions.edit}
        </Menu.Item>
        <Menu.Item leftSection={<IconTrash size={16} />} color="red" onClick={onRemove}>
          {actions.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
