import { Center, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconChevronLeft, IconFileOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Document } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useLiveContact } from '@/panel/useLiveContact';
import { EmptyState } from '@/ui/EmptyState';
import { AnchorLink } from '@/ui/links';
import { usePageTitle } from '@/ui/usePageTitle';
import { problemText } from '@/ui/problemText';
import { documentQuery } from './documents';
import { DraftEditor } from './DraftEditor';
import { FrozenDocument } from './FrozenDocument';
import { Relations } from './Relations';
import { StatusBadge } from './StatusBadge';
import classes from './DocumentPage.module.css';

/** One document: an editor while it is a draft, what it says once it is approved. */
export function DocumentPage() {
  const texts = useTexts();
  const { contactId, documentId } = useParams({ from: '/staff/contacts/$contactId/documents/$documentId' });
  const { data: document, error } = useQuery(documentQuery(documentId));
  useLiveContact(contactId);
  if (error && !document) {
    return (
      <Center mih="70vh">
        <EmptyState icon={IconFileOff} title={problemText(error, texts)} />
      </Center>
    );
  }
  if (!document) {
    return (
      <Stack className={classes.page} gap="lg" role="status" aria-label={texts.loading}>
        <Skeleton height={56} width={320} />
        <Skeleton height={420} />
      </Stack>
    );
  }
  return document.status === 'draft' ? (
    <DraftEditor key={document.id} document={document} />
  ) : (
    <FrozenDocument document={document} />
  );
}

type FrameProps = { document: Document; note?: ReactNode; actions: ReactNode; children: ReactNode };

/** Head and body that editor and frozen document share. */
export function DocumentFrame({ document, note, actions, children }: FrameProps) {
  const texts = useTexts();
  const type = texts.documentTypes[document.type];
  usePageTitle(`${type} ${document.number ?? ''}`.trim(), document.contact_name, 'Ficha');
  return (
    <div className={classes.page}>
      <AnchorLink
        to="/contacts/$contactId"
        params={{ contactId: document.contact_id }}
        className={classes.back}
        data-screen-only
        fz={13}
      >
        <IconChevronLeft size={16} aria-hidden />
        {document.contact_name}
      </AnchorLink>
      <Group justify="space-between" align="flex-start" gap="md" mb="lg">
        <div>
          <Group gap="sm">
            <Title order={1} fz={{ base: 20, sm: 24 }}>
              {document.number ? `${type} ${document.number}` : type}
            </Title>
            <StatusBadge document={document} />
          </Group>
          <Text size="sm" c="dimmed" mih={22}>
            {note}
          </Text>
        </div>
        <Group gap="sm">{actions}</Group>
      </Group>
      <Relations
        document={document}
        linkTo={(other, name) => (
          <AnchorLink
            to="/contacts/$contactId/documents/$documentId"
            params={{ contactId: other.contact_id, documentId: other.id }}
            fz="inherit"
          >
            {name}
          </AnchorLink>
        )}
      />
      {children}
    </div>
  );
}
