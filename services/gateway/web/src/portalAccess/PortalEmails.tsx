import { ActionIcon, Button, Group, Stack, Text } from '@mantine/core';
import { IconLockOpen, IconX } from '@tabler/icons-react';
import { useTexts } from '@/app/texts';
import { useAttempt } from '@/ui/useAttempt';
import type { usePortalAccess } from './portalAccess';

type Props = {
  emails: string[];
  waiting: string[];
  setEmails: ReturnType<typeof usePortalAccess>['setEmails'];
};

/** With which e-mails the client enters, and which were added to the contact since and wait to be let in. */
export function PortalEmails({ emails, waiting, setEmails }: Props) {
  const { portal: texts } = useTexts();
  const attempt = useAttempt();
  const set = (wanted: string[]) => attempt(setEmails.mutateAsync(wanted));
  if (emails.length + waiting.length === 0) return null;
  return (
    <Stack gap={6}>
      <Text fz={12.5} c="dimmed">
        {texts.emails}
      </Text>
      {emails.map((email) => (
        <Group key={email} justify="space-between" wrap="nowrap" gap={6}>
          <Text fz={13} style={{ overflowWrap: 'anywhere' }}>
            {email}
          </Text>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={texts.shutOut(email)}
            title={texts.shutOut(email)}
            disabled={setEmails.isPending}
            onClick={() => set(emails.filter((other) => other !== email))}
          >
            <IconX size={14} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      {waiting.map((email) => (
        <Group key={email} justify="space-between" gap={6}>
          <Text fz={13} c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {email}
          </Text>
          <Button
            variant="light"
            size="compact-xs"
            leftSection={<IconLockOpen size={13} aria-hidden />}
            aria-label={texts.letInEmail(email)}
            disabled={setEmails.isPending}
            onClick={() => set([...emails, email])}
          >
            {texts.letIn}
          </Button>
        </Group>
      ))}
      {waiting.length > 0 && (
        <Text fz={12} c="dimmed">
          {texts.waiting}
        </Text>
      )}
    </Stack>
  );
}
