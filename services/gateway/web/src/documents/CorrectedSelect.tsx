import { Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { Document, DocumentType } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { documentListQuery } from './documents';

type Props = {
  document: Document;
  types: DocumentType[];
  value: string | null;
  error?: string;
  onChange: (id: string | null) => void;
};

/** Which invoice a credit note corrects: the contact's approved ones. */
export function CorrectedSelect({ document, types, value, error, onChange }: Props) {
  const { editor: texts, document: words } = useTexts();
  const { money } = useFormats();
  const found = useInfiniteQuery(documentListQuery(document.contact_id, document.side));
  const choices = (found.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter(({ type, status }) => types.includes(type) && status !== 'draft' && status !== 'voided');
  return (
    <Select
      label={texts.corrects}
      required
      searchable
      data={choices.map(({ id, number, total, currency }) => ({
        value: id,
        label: `${number ?? words.unnumbered} · ${money(total, currency)}`,
      }))}
      value={value}
      error={error}
      onChange={onChange}
    />
  );
}
