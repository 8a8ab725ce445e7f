import { Badge } from '@mantine/core';
import type { DocumentStatus, DocumentType } from '@/api/types';
import { useWords } from '@/i18n/words';

const COLORS: Record<DocumentStatus | 'overdue', string> = {
  draft: 'gray',
  approved: 'accent',
  partially_paid: 'yellow',
  paid: 'green',
  accepted: 'green',
  rejected: 'red',
  voided: 'gray',
  overdue: 'red',
};

type Props = { document: { type: DocumentType; status: DocumentStatus; overdue: boolean } };

export function StatusBadge({ document }: Props) {
  const { documentStatusOf } = useWords();
  const shown = document.overdue ? 'overdue' : document.status;
  return (
    <Badge color={COLORS[shown]} variant="light" tt="none" fw={550} radius="sm" style={{ flexShrink: 0 }}>
      {documentStatusOf(document.type, shown)}
    </Badge>
  );
}
