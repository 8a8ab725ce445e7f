import { Menu } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { DocumentType } from '@/api/types';
import { useTexts } from '@/app/texts';
import type { Late } from '@/ui/LateMenu';
import { useAttempt } from '@/ui/useAttempt';
import { useCreateDocument } from './documents';
import { PURCHASE_TYPES, SALES_TYPES } from './kinds';

/** Every kind of document. Choosing one makes a draft and opens it. */
export function NewDocumentItems({ contactId, target, opened, onChange }: Late & { contactId: string }) {
  return (
    <Menu width={250} opened={opened} onChange={onChange}>
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown>
        <Items contactId={contactId} />
      </Menu.Dropdown>
    </Menu>
  );
}

function Items({ contactId }: { contactId: string }) {
  const texts = useTexts();
  const create = useCreateDocument();
  const navigate = useNavigate();
  const attempt = useAttempt();
  const start = (type: DocumentType) =>
    attempt(
      create.mutateAsync({ contactId, type }),
      ({ id }) =>
        void navigate({
          to: '/contacts/$contactId/documents/$documentId',
          params: { contactId, documentId: id },
        }),
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
