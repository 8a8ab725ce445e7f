import { ActionIcon, Menu, PasswordInput, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconKey, IconLogout, IconSwitchHorizontal, IconUser } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { ApiProblem } from '@/api/problem';
import { FormDialog } from '@/ui/FormDialog';
import { MenuItemLink } from '@/ui/MenuItemLink';
import { tell } from '@/ui/notices';
import { PreferenceItems } from '@/ui/PreferenceItems';
import { useLoggingOut } from '@/ui/useLoggingOut';
import { useSubmitProblems } from '@/ui/useSubmitProblems';
import { changePassword, logOut, ownerOf, type Me } from './client';
import { useTexts } from './texts';

export function AccountMenu({ me }: { me: Me }) {
  const texts = useTexts();
  const [beginLogOut, question] = useLoggingOut({ owner: ownerOf(me), logOut, door: doorOf(me) });
  const [changing, dialog] = useDisclosure();
  return (
    <>
      <Menu width={240}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} radius="xl" aria-label={texts.portal.account}>
            <IconUser size={19} stroke={1.7} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            <Text size="sm" fw={600} c="var(--mantine-color-text)" truncate>
              {me.contact.name}
            </Text>
          </Menu.Label>
          <Menu.Divider />
          <PreferenceItems settings={texts.settings} />
          <Menu.Divider />
          {me.may_switch && !me.read_only && (
            <MenuItemLink to="/choose" leftSection={<IconSwitchHorizontal size={16} />}>
              {texts.choose.switch}
            </MenuItemLink>
          )}
          <Menu.Item leftSection={<IconKey size={16} />} disabled={me.read_only} onClick={dialog.open}>
            {texts.account.title}
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={beginLogOut}>
            {me.read_only ? texts.preview.leave : texts.actions.logOut}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {question}
      {changing && <PasswordDialog onClose={dialog.close} />}
    </>
  );
}

/** Leaving a preview leads back to what was open before it. */
function doorOf({ organization, read_only }: Me): string {
  if (read_only) return '/portal';
  return organization ? `/portal/login?org=${organization.slug}` : '/portal/login';
}

function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { account } = useTexts();
  const form = useForm({ initialValues: { current: '', new: '' } });
  const onError = useSubmitProblems(form);
  const change = useMutation({
    mutationFn: () => changePassword(form.values.current, form.values.new),
    onSuccess: () => {
      tell(account.changed);
      onClose();
    },
    onError: (error) => {
      if (error instanceof ApiProblem && error.status === 403) form.setErrors({ current: account.wrong });
      else onError(error);
    },
  });
  return (
    <FormDialog
      title={account.title}
      busy={change.isPending}
      form={form}
      onClose={onClose}
      onSubmit={form.onSubmit(() => change.mutate())}
    >
      <PasswordInput
        label={account.current}
        autoComplete="current-password"
        data-autofocus
        {...form.getInputProps('current')}
      />
      <PasswordInput
        label={account.next}
        description={account.hint}
        autoComplete="new-password"
        {...form.getInputProps('new')}
      />
    </FormDialog>
  );
}
