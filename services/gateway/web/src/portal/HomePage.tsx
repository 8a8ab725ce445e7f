import { Group, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useFormats } from '@/i18n/formats';
import { ButtonLink } from '@/ui/links';
import { QueryProblem } from '@/ui/QueryProblem';
import { documentListQuery, meQuery, type Me } from './client';
import { DocumentRows, NoDocuments } from './DocumentRows';
import { useTexts } from './texts';
import classes from './PortalShell.module.css';
import { usePageTitle } from '@/ui/usePageTitle';

const LATEST = 5;

export function HomePage() {
  const { portal, home } = useTexts();
  const { data: me } = useSuspenseQuery(meQuery);
  usePageTitle(portal.home, portal.title);
  return (
    <Stack gap="xl">
      <Title order={1} fz={{ base: 22, sm: 26 }}>
        {portal.hello(me.contact.name)}
      </Title>
      <Totals totals={me.totals} />
      <section aria-label={home.latest}>
        <Group justify="space-between" mb="sm">
          <Title order={2} fz={16}>
            {home.latest}
          </Title>
          <ButtonLink to="/documents" variant="subtle" size="compact-sm">
            {home.seeAll}
          </ButtonLink>
        </Group>
        <Latest />
      </section>
    </Stack>
  );
}

function Totals({ totals }: { totals: Me['totals'] }) {
  const { home, document } = useTexts();
  const { money, day } = useFormats();
  const { next_due: next } = totals;
  return (
    <div>
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md">
        <Figure label={home.pending} value={money(totals.pending, totals.currency)}>
          {Number(totals.pending) === 0 && home.allPaid}
        </Figure>
        <Figure
          label={home.overdue}
          value={money(totals.overdue, totals.currency)}
          bad={Number(totals.overdue) > 0}
        />
        {next ? (
          <Link
            to="/documents/$documentId"
            params={{ documentId: next.id }}
            style={{ color: 'inherit', textDecoration: 'none' }}
          >
            <Figure label={home.nextDue} value={money(next.pending_total, next.currency)}>
              {home.due(next.number ?? document.unnumbered, day(next.due_date))}
            </Figure>
          </Link>
        ) : (
          <Figure label={home.nextDue} value="—">
            {home.nothingDue}
          </Figure>
        )}
      </SimpleGrid>
      {totals.other_currencies.length > 0 && (
        <Text size="sm" c="dimmed" mt="sm" className="figures">
          {home.also}:{' '}
          {totals.other_currencies.map(({ pending, currency }) => money(pending, currency)).join(' · ')}
        </Text>
      )}
    </div>
  );
}

type FigureProps = { label: string; value: string; bad?: boolean; children?: ReactNode };

function Figure({ label, value, bad, children }: FigureProps) {
  return (
    <div className={classes.figure}>
      <Text fz={13} c="dimmed">
        {label}
      </Text>
      <Text fz={24} fw={640} lh={1.4} c={bad ? 'var(--bad)' : undefined} className="figures">
        {value}
      </Text>
      <Text fz={13} c="dimmed">
        {children}
      </Text>
    </div>
  );
}

function Latest() {
  const found = useInfiniteQuery(documentListQuery({}));
  if (found.isPending) return <Skeleton height={280} />;
  if (found.isError) return <QueryProblem error={found.error} onRetry={() => void found.refetch()} />;
  const documents = found.data.pages.flatMap((page) => page.items).slice(0, LATEST);
  return documents.length > 0 ? <DocumentRows documents={documents} /> : <NoDocuments />;
}
