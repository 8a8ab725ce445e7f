import { Text } from '@mantine/core';
import { IconFileInvoice } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { StatusBadge } from '@/documents/StatusBadge';
import { useFormats } from '@/i18n/formats';
import { EmptyState } from '@/ui/EmptyState';
import type { ClientDocument } from './client';
import { useTexts } from './texts';
import classes from './DocumentRows.module.css';

export function DocumentRows({ documents }: { documents: ClientDocument[] }) {
  const texts = useTexts();
  const { money, day } = useFormats();
  return (
    <ul className={classes.list}>
      {documents.map((document) => (
        <li key={document.id}>
          <Link to="/documents/$documentId" params={{ documentId: document.id }} className={classes.row}>
            <span>
              <Text span display="block" fz={14} fw={570}>
                {texts.documentTypes[document.type]} {document.number}
              </Text>
              <Text span display="block" fz={13} c="dimmed">
                {day(document.issue_date)}
                {document.due_date && (
                  <span className={classes.due}>
                    {texts.document.due} {day(document.due_date)}
                  </span>
                )}
              </Text>
            </span>
            <StatusBadge document={document} />
            <Text span fz={14.5} fw={600} className="figures" ta="right">
              {money(document.total, document.currency)}
            </Text>
          </Link>
        </li>
      ))}
    </ul>
  );
}

export function NoDocuments() {
  const { list } = useTexts();
  return <EmptyState icon={IconFileInvoice} title={list.none} hint={list.noneHint} />;
}
