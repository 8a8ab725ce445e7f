import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { DocumentSummary } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { StatusBadge } from './StatusBadge';
import classes from './DocumentList.module.css';

/** A few documents, short. */
export function DocumentList({ documents }: { documents: DocumentSummary[] }) {
  const texts = useTexts();
  const { money, day } = useFormats();
  return (
    <ul className={classes.list}>
      {documents.map((document) => (
        <li key={document.id}>
          <Link
            to="/contacts/$contactId/documents/$documentId"
            params={{ contactId: document.contact_id, documentId: document.id }}
            className={classes.item}
          >
            <span className={classes.what}>
              <Text span fz={13.5} fw={550} truncate>
                {texts.documentTypes[document.type]} {document.number ?? document.supplier_number ?? ''}
              </Text>
              <Text span fz={12.5} c="dimmed">
                {day(document.issue_date)}
              </Text>
            </span>
            <span className={classes.worth}>
              <Text span fz={13.5} fw={550} className="figures">
                {money(document.total, document.currency)}
              </Text>
              <StatusBadge document={document} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
