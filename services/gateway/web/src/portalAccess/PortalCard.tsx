import { Badge, Button, CopyButton, Divider, Stack, Switch, Text } from '@mantine/core';
import { IconCheck, IconCopy, IconEye, IconKey } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import type { Contact, Panel } from '@/api/types';
import { useTexts } from '@/app/texts';
import { PanelCard } from '@/panel/PanelCard';
import { usePanelFrame } from '@/panel/PanelContext';
import { SectionBody } from '@/panel/SectionBody';
import { useAttempt } from '@/ui/useAttempt';
import { PortalEmails } from './PortalEmails';
import { usePortalAccess, type Switches } from './portalAccess';

const PasswordDialog = lazy(async () => ({ default: (await import('./PasswordDialog')).PasswordDialog }));

type PortalSection = Panel['sections']['portal'];
type Props = { section: PortalSection | undefined; contact: Contact | undefined };

/** What this client may do in the client portal. */
export function PortalCard({ section, contact }: Props) {
  const { portal: texts } = useTexts();
  const on = section?.data?.enabled && section.data.has_password;
  return (
    <PanelCard
      title={texts.title}
      aside={
        section?.data && (
          <Badge variant="light" color={on ? 'green' : 'gray'} tt="none" fw={550} radius="sm">
            {on ? texts.on : texts.off}
          </Badge>
        )
      }
    >
      <SectionBody section={section} title={texts.title} height={236}>
        {(data) => (
          <PortalSwitches data={data} hasEmail={contact === undefined || contact.emails.length > 0} />
        )}
      </SectionBody>
    </PanelCard>
  );
}

function PortalSwitches({ data, hasEmail }: { data: NonNullable<PortalSection['data']>; hasEmail: boolean }) {
  const texts = useTexts();
  const { contactId } = usePanelFrame();
  const { switchTo, setEmails, preview } = usePortalAccess(contactId);
  const [asking, setAsking] = useState(false);
  const attempt = useAttempt();
  const change = (changes: Partial<Switches>) =>
    attempt(
      switchTo.mutateAsync({
        enabled: data.enabled,
        payment_methods: data.payment_methods,
        catalogue: data.catalogue,
        ...changes,
      }),
    );
  const viewAsClient = () => {
    // Opened at once, or the browser takes it for a pop-up; the address comes when it is there.
    const tab = window.open('about:blank', '_blank');
    const opening = preview.mutateAsync();
    opening.catch(() => tab?.close());
    attempt(opening, ({ url }) => {
      if (tab) tab.location.href = url;
    });
  };
  return (
    <Stack gap={12}>
      <Switch
        label={texts.portal.enabled}
        labelPosition="left"
        styles={SPREAD}
        checked={data.enabled}
        onChange={(event) => change({ enabled: event.currentTarget.checked })}
      />
      <Text fz={13} c={data.enabled && !data.has_password ? 'var(--bad)' : 'dimmed'}>
        {data.has_password ? texts.portal.passwordSet : texts.portal.noPassword}
      </Text>
      <Button
        variant="light"
        size="xs"
        leftSection={<IconKey size={15} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        {data.has_password ? texts.portal.changePassword : texts.portal.setPassword}
      </Button>
      <PortalEmails emails={data.emails} waiting={data.waiting} setEmails={setEmails} />
      {!hasEmail && (
        <Text fz={12.5} c="dimmed">
          {texts.portal.needsEmail}
        </Text>
      )}
      <Divider />
      <Text fz={12.5} c="dimmed">
        {texts.portal.payments}
      </Text>
      <Switch
        label={texts.portal.transfer}
        labelPosition="left"
        styles={SPREAD}
        checked={data.payment_methods.includes('transfer')}
        onChange={(event) => change({ payment_methods: event.currentTarget.checked ? ['transfer'] : [] })}
      />
      <Switch
        label={texts.portal.catalogue}
        labelPosition="left"
        styles={SPREAD}
        checked={data.catalogue}
        onChange={(event) => change({ catalogue: event.currentTarget.checked })}
      />
      <Divider />
      <Button
        variant="default"
        size="xs"
        leftSection={<IconEye size={15} aria-hidden />}
        loading={preview.isPending}
        title={texts.portal.viewHint}
        onClick={viewAsClient}
      >
        {texts.portal.viewAsClient}
      </Button>
      <CopyButton value={data.url}>
        {({ copied, copy }) => (
          <Button
            variant="subtle"
            size="xs"
            leftSection={copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
            onClick={copy}
          >
            {copied ? texts.portal.copied : texts.portal.copyLink}
          </Button>
        )}
      </CopyButton>
      <Suspense>{asking && <PasswordDialog onClose={() => setAsking(false)} />}</Suspense>
    </Stack>
  );
}

/** Label at the left edge, switch at the right. */
const SPREAD = {
  body: { justifyContent: 'space-between' },
  label: { fontSize: 13.5 },
} as const;
