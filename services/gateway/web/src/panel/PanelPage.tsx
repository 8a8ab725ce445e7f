import { ActionIcon, Alert, Button, Center, Group, Skeleton, Stack, Title } from '@mantine/core';
import { IconChevronLeft, IconPlus, IconUserOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { Contact, Panel, Section } from '@/api/types';
import { ApiProblem } from '@/api/problem';
import { ActivitiesCard } from '@/activities/ActivitiesCard';
import { useTexts } from '@/app/texts';
import { ContactFacts } from '@/contacts/ContactFacts';
import { ContactMenu } from '@/contacts/ContactMenu';
import { contactQuery } from '@/contacts/contacts';
import { RoleBadges } from '@/contacts/RoleBadges';
import { NewDocumentMenu } from '@/documents/NewDocumentMenu';
import { OpportunitiesCard } from '@/opportunities/OpportunitiesCard';
import { PeopleCard } from '@/people/PeopleCard';
import { PortalCard } from '@/portalAccess/PortalCard';
import { ReportsCard } from '@/reports/ReportsCard';
import { EmptyState } from '@/ui/EmptyState';
import { AnchorLink, ButtonLink } from '@/ui/links';
import { Initials } from '@/ui/Initials';
import { problemText } from '@/ui/problemText';
import { usePageTitle } from '@/ui/usePageTitle';
import { panelQuery, usePresentYear } from './panel';
import { PanelCard } from './PanelCard';
import { PanelContext } from './PanelContext';
import { PanelTabs } from './PanelTabs';
import { SectionBody } from './SectionBody';
import { useLiveContact } from './useLiveContact';
import classes from './PanelPage.module.css';

/** Everything about one contact. */
export function PanelPage() {
  const texts = useTexts();
  const { contactId } = useParams({ from: '/staff/contacts/$contactId' });
  const presentYear = usePresentYear();
  const { year } = useSearch({ from: '/staff/contacts/$contactId' });
  const { data: panel, error, isError, refetch, isFetching } = useQuery(panelQuery(contactId, year));
  const card = useQuery({ ...contactQuery(contactId), enabled: false });
  useLiveContact(contactId);

  const contact = panel?.contact ?? card.data;
  usePageTitle(contact?.name ?? texts.contacts.title, 'Ficha');

  if (isError && !panel) return <PanelProblem error={error} onRetry={() => void refetch()} />;
  return (
    <PanelContext value={{ contactId, retry: () => void refetch(), retrying: isFetching }}>
      <div className={classes.page}>
        <PanelHeader contact={contact} panel={panel} />
        {isError && (
          <Alert color="yellow" variant="light" mb="md">
            {problemText(error, texts)}
          </Alert>
        )}
        <div className={classes.columns}>
          <div className={classes.left}>
            <PanelCard title={texts.panel.card}>
              <SectionBody section={contactSection(panel, contact)} title={texts.panel.card} height={150}>
                {(known) => <ContactFacts contact={known} />}
              </SectionBody>
            </PanelCard>
            {panel ? (
              <>
                <PortalCard section={panel.sections.portal} contact={contact} />
                <PeopleCard section={panel.sections.people} kind={contact?.kind ?? 'company'} />
                <ReportsCard name={contact?.name ?? ''} />
              </>
            ) : (
              <Waiting />
            )}
          </div>
          <div className={classes.centre}>
            <PanelTabs panel={panel} year={year ?? presentYear} />
          </div>
          <div className={classes.right}>
            {panel ? (
              <>
                <ActivitiesCard section={panel.sections.activities} />
                <OpportunitiesCard section={panel.sections.opportunities} />
              </>
            ) : (
              <Waiting />
            )}
          </div>
        </div>
      </div>
    </PanelContext>
  );
}

/** In place of cards whose heights nobody knows yet: what comes all at once pushes nothing aside. */
function Waiting() {
  const { loading } = useTexts();
  return <Skeleton height={480} aria-label={loading} role="status" />;
}

/** The contact as a section: it comes from the same service as the people, and is away when they are. */
function contactSection(
  panel: Panel | undefined,
  contact: Contact | undefined,
): Section<Contact> | undefined {
  if (panel) return { ...panel.sections.people, data: contact };
  return contact && { status: 'ready', as_of: contact.updated_at, data: contact };
}

function PanelHeader({ contact, panel }: { contact?: Contact; panel?: Panel }) {
  const texts = useTexts();
  const navigate = useNavigate();
  return (
    <header className={classes.header}>
      <AnchorLink to="/contacts" className={classes.back} fz={13} data-screen-only>
        <IconChevronLeft size={16} aria-hidden />
        {texts.panel.back}
      </AnchorLink>
      <Group justify="space-between" wrap="nowrap" gap="md">
        <Group wrap="nowrap" gap="md" miw={0}>
          {contact ? (
            <Initials name={contact.name} kind={contact.kind} size={46} />
          ) : (
            <Skeleton height={46} width={46} />
          )}
          <Stack gap={4} miw={0} mih={{ base: 48, sm: 53 }} justify="center">
            {contact ? (
              <Title order={1} fz={{ base: 20, sm: 24 }} lh={1.2} style={{ overflowWrap: 'anywhere' }}>
                {contact.name}
              </Title>
            ) : (
              <Skeleton height={28} width={260} />
            )}
            {contact && <RoleBadges roles={contact.roles} />}
          </Stack>
        </Group>
        <Group gap={6} wrap="nowrap">
          {contact && (
            <NewDocumentMenu
              contactId={contact.id}
              button={
                <ActionIcon size={38} aria-label={texts.panel.add}>
                  <IconPlus size={20} />
                </ActionIcon>
              }
            />
          )}
          {contact && (
            <ContactMenu
              contact={contact}
              panel={panel}
              onRemoved={() => void navigate({ to: '/contacts' })}
            />
          )}
        </Group>
      </Group>
    </header>
  );
}

function PanelProblem({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const texts = useTexts();
  const gone = error instanceof ApiProblem && (error.status === 404 || error.status === 422);
  return (
    <Center mih="70vh">
      <EmptyState icon={IconUserOff} title={gone ? texts.panel.gone : problemText(error, texts)}>
        <Group mt="md">
          {!gone && <Button onClick={onRetry}>{texts.actions.retry}</Button>}
          <ButtonLink to="/contacts" variant={gone ? 'filled' : 'default'}>
            {texts.app.toContacts}
          </ButtonLink>
        </Group>
      </EmptyState>
    </Center>
  );
}
