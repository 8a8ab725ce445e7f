import { Menu } from '@mantine/core';
import { IconExternalLink, IconLinkOff, IconPencil } from '@tabler/icons-react';
import type { ContactKind } from '@/api/types';
import { useTexts } from '@/app/texts';
import { usePanelFrame } from '@/panel/PanelContext';
import type { Late } from '@/ui/LateMenu';
import { MenuItemLink } from '@/ui/MenuItemLink';
import { tellUndoable } from '@/ui/notices';
import { useAttempt } from '@/ui/useAttempt';
import { useLinks, type Link } from './people';

type Props = Late & { link: Link; kind: ContactKind; onEdit: () => void };

/** What can be done with a person of a company, or with a company of a person. */
export function LinkItems({ target, opened, onChange, link, kind, onEdit }: Props) {
  const texts = useTexts();
  const { contactId } = usePanelFrame();
  const { add, remove } = useLinks(contactId, kind);
  const fields = { job_title: link.jobTitle, is_primary: link.isPrimary, send_copies: link.sendCopies };
  const attempt = useAttempt();
  const undo = () => attempt(add.mutateAsync({ other: { id: link.id }, fields }));
  const unlink = () =>
    attempt(remove.mutateAsync(link), () =>
      tellUndoable(texts.people.unlinked(link.name), texts.actions.undo, undo),
    );
  return (
    <Menu opened={opened} onChange={onChange}>
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} />} onClick={onEdit}>
          {texts.actions.edit}
        </Menu.Item>
        <MenuItemLink
          leftSection={<IconExternalLink size={16} />}
          to="/contacts/$contactId"
          params={{ contactId: link.id }}
        >
          {texts.people.open}
        </MenuItemLink>
        <Menu.Item leftSection={<IconLinkOff size={16} />} color="red" onClick={unlink}>
          {texts.people.unlink}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
