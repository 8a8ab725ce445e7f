import { Menu, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBuilding, IconHistory, IconKey, IconLogout } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { logOut, ownerOf, useSession } from '@/session/session';
import { Initials } from '@/ui/Initials';
import { MenuItemLink } from '@/ui/MenuItemLink';
import { PreferenceItems } from '@/ui/PreferenceItems';
import { useLoggingOut } from '@/ui/useLoggingOut';
import { useTexts } from './texts';

const ChangePasswordDialog = lazy(async () => ({
  default: (await import('@/session/ChangePasswordDialog')).ChangePasswordDialog,
}));

export function UserMenu() {
  const texts = useTexts();
  const session = useSession();
  const { user } = session;
  const [changing, dialog] = useDisclosure();
  const [beginLogOut, question] = useLoggingOut({ owner: ownerOf(session), logOut, door: '/login' });
  return (
    <>
      <Menu width={240}>
        <Menu.Target>
          <UnstyledButton aria-label={texts.app.account} style={{ borderRadius: 999 }}>
            <Initials name={user.name} size={32} />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            <Text size="sm" fw={600} c="var(--mantine-color-text)" truncate>
              {user.name}
            </Text>
            <Text size="xs" truncate>
              {user.email}
            </Text>
          </Menu.Label>
          <Menu.Divider />
          {user.is_admin && (
            <>
              <MenuItemLink to="/settings" leftSection={<IconBuilding size={16} />}>
                {texts.company.title}
              </MenuItemLink>
              <MenuItemLink to="/settings/activity" leftSection={<IconHistory size={16} />}>
                {texts.audit.title}
              </MenuItemLink>
              <Menu.Divider />
            </>
          )}
          <PreferenceItems settings={texts.settings} />
          <Menu.Divider />
          <Menu.Item leftSection={<IconKey size={16} />} onClick={dialog.open}>
            {texts.ownPassword.title}
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={beginLogOut}>
            {texts.actions.logOut}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {question}
      <Suspense>{changing && <ChangePasswordDialog onClose={dialog.close} />}</Suspense>
    </>
  );
}
