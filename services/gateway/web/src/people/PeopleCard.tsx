import { ActionIcon, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { IconDotsVertical } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import type { ContactKind, Panel } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useWasOpen } from '@/drafts/DraftOwner';
import { PanelCard } from '@/panel/PanelCard';
import { usePanelFrame } from '@/panel/PanelContext';
import { SectionBody } from '@/panel/SectionBody';
import { AnchorLink } from '@/ui/links';
import { LateMenu } from '@/ui/LateMenu';
import { Initials } from '@/ui/Initials';
import { linkDraft, readLink, type Link } from './people';

const AddLinkDialog = lazy(async () => ({ default: (await import('./AddLinkDialog')).AddLinkDialog }));
const EditLinkDialog = lazy(async () => ({ default: (await import('./EditLinkDialog')).EditLinkDialog }));
const LinkItems = lazy(async () => ({ default: (await import('./LinkItems')).LinkItems }));

type Props = { section: Panel['sections']['people'] | undefined; kind: ContactKind };

/** The people of a company, or the companies of a person. */
export function PeopleCard({ section, kind }: Props) {
  const { people: texts } = useTexts();
  const { contactId } = usePanelFrame();
  const [dialog, setDialog] = useState<'add' | Link | undefined>(
    useWasOpen(linkDraft(contactId)) ? 'add' : undefined,
  );
  const close = () => setDialog(undefined);
  const title = kind === 'company' ? texts.title : texts.companies;
  return (
    <PanelCard title={title}>
      <SectionBody section={section} title={title} height={120}>
        {({ items }) => (
          <Stack gap={10}>
            {items.length === 0 && (
              <Text size="sm" c="dimmed">
                {kind === 'company' ? texts.none : texts.noneCompanies}
              </Text>
            )}
            {items.map(readLink).map((link) => (
              <LinkRow key={link.id} link={link} kind={kind} onEdit={() => setDialog(link)} />
            ))}
            <Button variant="light" size="xs" mt={4} onClick={() => setDialog('add')}>
              {kind === 'company' ? texts.add : texts.addCompany}
            </Button>
          </Stack>
        )}
      </SectionBody>
      <Suspense>
        {dialog === 'add' && <AddLinkDialog kind={kind} onClose={close} />}
        {typeof dialog === 'object' && <EditLinkDialog link={dialog} kind={kind} onClose={close} />}
      </Suspense>
    </PanelCard>
  );
}

function LinkRow({ link, kind, onEdit }: { link: Link; kind: ContactKind; onEdit: () => void }) {
  const texts = useTexts();
  const [opened, setOpened] = useState(false);
  return (
    <Group wrap="nowrap" gap={10} align="flex-start">
      <Initials name={link.name} kind={kind === 'company' ? 'person' : 'company'} size={32} />
      <Stack gap={1} flex={1} miw={0}>
        <AnchorLink
          to="/contacts/$contactId"
          params={{ contactId: link.id }}
          c="var(--mantine-color-text)"
          fz={13.5}
          fw={560}
          lineClamp={1}
        >
          {link.name}
        </AnchorLink>
        {link.jobTitle && (
          <Text fz={12.5} c="dimmed" lineClamp={1}>
            {link.jobTitle}
          </Text>
        )}
        <Group gap={5} mt={link.isPrimary || link.sendCopies ? 4 : 0}>
          {link.isPrimary && (
            <Badge size="sm" variant="light" tt="none" fw={550} radius="sm">
              {texts.people.primaryShort}
            </Badge>
          )}
          {link.sendCopies && (
            <Badge size="sm" variant="light" color="green" tt="none" fw={550} radius="sm">
              {texts.people.copiesShort}
            </Badge>
          )}
        </Group>
      </Stack>
      <LateMenu
        opened={opened}
        onChange={setOpened}
        button={
          <ActionIcon variant="subtle" color="gray" aria-label={texts.people.options(link.name)}>
            <IconDotsVertical size={17} />
          </ActionIcon>
        }
      >
        {(late) => <LinkItems {...late} link={link} kind={kind} onEdit={onEdit} />}
      </LateMenu>
    </Group>
  );
}
