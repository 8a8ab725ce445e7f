import { Menu } from '@mantine/core';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import { useWords } from '@/i18n/words';
import type { Late } from './LateMenu';

type Props = Late & { onEdit: () => void; onRemove: () => void };

/** The menu of what can be edited and removed; `LateMenu` fetches it when it is opened first. */
export function EditItems({ target, opened, onChange, onEdit, onRemove }: Props) {
  const { actions } = useWords();
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
