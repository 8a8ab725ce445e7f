import { Menu } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { DocumentType } from '@/api/types';
import { useTexts } from '@/app/texts';
import { tellProblem } from '@/ui/notices';
import { problemText } from '@/ui/problemText';
import { PURCHASE_TYPES, SALES_TYPES, useCreateDocument } from './documents';

/** Every kind of document, for a menu. Choosing one makes a draft with the contact's defaults and opens it. */
export function NewDocumentItems({ contactId }: { contactId: string }) {
  const texts = useTexts();
  const create = useCreateDocument();
  const navigate = useNavigate();
  const start = (type: DocumentType) =>
    create.mutate(
      { contactId, type },
      {
        onSuccess: ({ id }) =>
          void navigate({
            to: '/contacts/$contactId/documents/$documentId',
            params: { contactId, documentId: id },
          }),
        onError: (error) => tellProblem(problemText(error, texts)),
      },
    );
  const items = (types: DocumentType[]) =>
    types.map((type) => (
      <Menu.Item key={type} disabled={create.isPending} onClick={() => start(type)}>
        {texts.documentTypes[type]}
      </Menu.Item>
    ));
  return (
    <>
      <Menu.Label>{texts.contact.sales}</Menu.Label>
      {items(SALES_TYPES)}
      <Menu.Divider />
      <Menu.Label>{texts.contact.purchases}</Menu.Label>
      {items(PURCHASE_TYPES)}
    </>
  );
}
