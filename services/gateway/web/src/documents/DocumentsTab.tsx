import { Skeleton, Stack, Table, Text } from '@mantine/core';
import { IconFileInvoice } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { DocumentSummary, Side } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { usePanelFrame } from '@/panel/PanelContext';
import { EmptyState } from '@/ui/EmptyState';
import { QueryProblem } from '@/ui/QueryProblem';
import { LoadMore } from '@/ui/LoadMore';
import { documentListQuery } from './documents';
import { StatusBadge } from './StatusBadge';
import classes from './DocumentsTab.module.css';

/** Every document of one side, newest first. */
export function DocumentsTab({ side }: { side: Side }) {
  const { documents: texts, actions } = useTexts();
  const { contactId } = usePanelFrame();
  const found = useInfiniteQuery(documentListQuery(contactId, side));
  if (found.isPending) return <Skeleton height={400} m="lg" />;
  if (found.isError) {
    return (
      <Stack p="lg">
        <QueryProblem error={found.error} onRetry={() => void found.refetch()} />
      </Stack>
    );
  }
  const documents = found.data.pages.flatMap((page) => page.items);
  if (documents.length === 0) {
    return (
      <EmptyState
        icon={IconFileInvoice}
        title={side === 'sales' ? texts.noneSales : texts.nonePurchases}
        hint={texts.noneHint}
      />
    );
  }
  return (
    <>
      <DocumentTable documents={documents} />
      <LoadMore of={found} fullWidth my="sm">
        {actions.loadMore}
      </LoadMore>
    </>
  );
}

function DocumentTable({ documents }: { documents: DocumentSummary[] }) {
  const { document: texts, documents: words } = useTexts();
  return (
    <div className={classes.frame}>
      <Table className={classes.table} verticalSpacing={10} highlightOnHover aria-label={words.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.type}</Table.Th>
            <Table.Th data-column="date">{texts.date}</Table.Th>
            <Table.Th data-column="due">{texts.due}</Table.Th>
            <Table.Th>{texts.status}</Table.Th>
            <Table.Th ta="right">{texts.total}</Table.Th>
            <Table.Th ta="right" data-column="pending">
              {texts.pending}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {documents.map((document) => (
            <DocumentRow key={document.id} document={document} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function DocumentRow({ document }: { document: DocumentSummary }) {
  const texts = useTexts();
  const { money, day } = useFormats();
  const navigate = useNavigate();
  const target = {
    to: '/contacts/$contactId/documents/$documentId',
    params: { contactId: document.contact_id, documentId: document.id },
  } as const;
  return (
    <Table.Tr className={classes.row} onClick={() => void navigate(target)}>
      <Table.Td>
        <Link {...target} className={classes.link} onClick={(event) => event.stopPropagation()}>
          {document.number ?? document.supplier_number ?? texts.document.unnumbered}
        </Link>
        <Text fz={12.5} c="dimmed">
          {texts.documentTypes[document.type]}
          <span className={classes.shortDate}> · {day(document.issue_date)}</span>
        </Text>
      </Table.Td>
      <Table.Td className="figures" data-column="date">
        {day(document.issue_date)}
      </Table.Td>
      <Table.Td className="figures" data-column="due">
        {document.due_date && day(document.due_date)}
      </Table.Td>
      <Table.Td>
        <StatusBadge document={document} />
      </Table.Td>
      <Table.Td ta="right" className="figures">
        {money(document.total, document.currency)}
      </Table.Td>
      <Table.Td ta="right" className="figures" data-column="pending">
        {Number(document.pending_total) !== 0 && document.status !== 'draft'
          ? money(document.pending_total, document.currency)
          : '—'}
      </Table.Td>
    </Table.Tr>
  );
}
