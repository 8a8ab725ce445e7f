import {
  ActionIcon,
  Alert,
  Button,
  Divider,
  Drawer,
  Group,
  Skeleton,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { IconChevronRight, IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Panel } from '@/api/types';
import { useTexts } from '@/app/texts';
import { DocumentList } from '@/documents/DocumentList';
import { NewDocumentMenu } from '@/documents/NewDocumentMenu';
import { useFormats } from '@/i18n/formats';
import { panelQuery } from '@/panel/panel';
import { ButtonLink } from '@/ui/links';
import { Initials } from '@/ui/Initials';
import { problemText } from '@/ui/problemText';
import { ContactFacts } from './ContactFacts';
import { ContactMenu } from './ContactMenu';
import { contactQuery } from './contacts';
import { RoleBadges } from './RoleBadges';
import classes from './ContactSidebar.module.css';

type Props = {
  contactId: string;
  inline: boolean;
  /** By key: the focus goes to Más, from where Enter leads on and Escape back. */
  entered: boolean;
  onClose: () => void;
};

/** Beside the list where there is room for it, else over it. */
export function ContactSidebar({ contactId, inline, entered, onClose }: Props) {
  const { contact: texts, actions } = useTexts();
  if (inline) {
    return (
      <aside className={classes.sidebar} aria-label={texts.summary}>
        <Summary contactId={contactId} entered={entered} onClose={onClose} />
      </aside>
    );
  }
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="min(440px, 100%)"
      withCloseButton={false}
      padding={0}
      aria-label={texts.summary}
      closeButtonProps={{ 'aria-label': actions.close }}
    >
      <Summary contactId={contactId} entered={entered} onClose={onClose} />
    </Drawer>
  );
}

function Summary({ contactId, entered, onClose }: Omit<Props, 'inline'>) {
  const texts = useTexts();
  // The whole panel, and not only what is shown here: Más then opens it at once.
  const panel = useQuery(panelQuery(contactId));
  const card = useQuery(contactQuery(contactId));
  const contact = panel.data?.contact ?? card.data;
  if (!contact) {
    return panel.isError ? (
      <Alert
        color="red"
        variant="light"
        m="lg"
        title={texts.failed}
        withCloseButton
        onClose={onClose}
        closeButtonLabel={texts.actions.close}
      >
        {problemText(panel.error, texts)}
      </Alert>
    ) : (
      <SummarySkeleton />
    );
  }
  return (
    <Stack gap={0} className={classes.body}>
      <Group justify="flex-end" gap={4} wrap="nowrap" mb="xs">
        <ContactMenu contact={contact} panel={panel.data} onRemoved={onClose} />
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={texts.actions.close}
          onClick={onClose}
        >
          <IconX size={19} />
        </ActionIcon>
      </Group>
      <Group wrap="nowrap" gap="md" align="center">
        <Initials name={contact.name} kind={contact.kind} size={52} />
        <Stack gap={6} miw={0}>
          <Title order={2} fz={19} lh={1.25} style={{ overflowWrap: 'anywhere' }}>
            {contact.name}
          </Title>
          <RoleBadges roles={contact.roles} />
        </Stack>
      </Group>
      <Group grow gap="sm" my="lg">
        <ButtonLink
          to="/contacts/$contactId"
          params={{ contactId }}
          ref={entered ? takeFocus : undefined}
          rightSection={<IconChevronRight size={16} aria-hidden />}
        >
          {texts.contact.more}
        </ButtonLink>
        <NewDocumentMenu
          contactId={contactId}
          button={
            <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />}>
              {texts.contact.newDocument}
            </Button>
          }
        />
      </Group>
      <Figures panel={panel.data} />
      <Divider my="lg" />
      <ContactFacts contact={contact} />
      <Divider my="lg" />
      <Title order={3} fz={14} mb="sm">
        {texts.contact.latest}
      </Title>
      <LatestDocuments panel={panel.data} />
    </Stack>
  );
}

function takeFocus(link: HTMLAnchorElement | null): void {
  link?.focus();
}

function Figures({ panel }: { panel?: Panel }) {
  const { contact, panel: texts, year: yearTexts } = useTexts();
  const { moment, money } = useFormats();
  if (!panel) return <Skeleton height={116} />;
  const { data: year, status, as_of } = panel.sections.year;
  if (!year)
    return (
      <Text size="sm" c="dimmed">
        {texts.unavailable(yearTexts.title)}
      </Text>
    );
  return (
    <div className={classes.figures}>
      {status === 'stale' && (
        <Text fz={12.5} c="dimmed" className={classes.note} role="status">
          {texts.stale(moment(as_of))}
        </Text>
      )}
      <Figure label={contact.salesOf(year.year)} value={money(year.sales_total, year.currency)} />
      <Figure label={contact.purchasesOf(year.year)} value={money(year.purchases_total, year.currency)} />
      <Figure
        label={contact.pending}
        value={money(year.sales_pending, year.currency)}
        warning={
          Number(year.sales_overdue) > 0
            ? contact.overdue(money(year.sales_overdue, year.currency))
            : undefined
        }
      />
      <Figure
        label={contact.payable}
        value={money(year.purchases_pending, year.currency)}
        warning={
          Number(year.purchases_overdue) > 0
            ? contact.overdue(money(year.purchases_overdue, year.currency))
            : undefined
        }
      />
    </div>
  );
}

function Figure({ label, value, warning }: { label: string; value: string; warning?: string }) {
  return (
    <div className={classes.figure}>
      <Text fz={12.5} c="dimmed">
        {label}
      </Text>
      <Text fz={16} fw={620} className="figures">
        {value}
      </Text>
      {warning && (
        <Text fz={12} c="var(--bad)">
          {warning}
        </Text>
      )}
    </div>
  );
}

function LatestDocuments({ panel }: { panel?: Panel }) {
  const { contact, panel: texts, documents } = useTexts();
  if (!panel) return <Skeleton height={130} />;
  const found = panel.sections.documents.data;
  if (!found)
    return (
      <Text size="sm" c="dimmed">
        {texts.unavailable(documents.table)}
      </Text>
    );
  if (found.items.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {contact.noDocuments}
      </Text>
    );
  return <DocumentList documents={found.items.slice(0, 4)} />;
}

function SummarySkeleton() {
  const { loading } = useTexts();
  return (
    <Stack className={classes.body} aria-busy aria-label={loading} role="status">
      <Group mt={44} wrap="nowrap">
        <Skeleton height={52} width={52} />
        <Stack gap={8} flex={1}>
          <Skeleton height={20} width="80%" />
          <Skeleton height={16} width="40%" />
        </Stack>
      </Group>
      <Skeleton height={36} my="xs" />
      <Skeleton height={116} />
      <Skeleton height={150} />
    </Stack>
  );
}
