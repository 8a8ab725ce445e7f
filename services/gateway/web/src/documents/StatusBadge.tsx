import { Badge } from '@mantine/core';
import type { DocumentStatus } from '@/api/types';
import type { Words } from '@/i18n/words/es';

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

type Props = { document: { status: DocumentStatus; overdue: boolean }; words: Words };

export function StatusBadge({ document, words }: Props) {
  const shown = document.overdue ? 'overdue' : document.status;
  return (
    <Badge color={COLORS[shown]} variant="light" tt="none" fw={550} radius="sm">
      {words.documentStatuses[shown]}
    </Badge>
  );
}
