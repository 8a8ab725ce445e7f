import { Alert, Button, Menu, Text } from '@mantine/core';
import {
  IconArrowsExchange,
  IconBan,
  IconCash,
  IconCheck,
  IconDotsVertical,
  IconFileTypePdf,
  IconSend,
  IconX,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { Document, DocumentType } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { MessageLog } from '@/messages/MessageLog';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { tell } from '@/ui/notices';
import { useAttempt } from '@/ui/useAttempt';
import { DocumentFrame } from './DocumentPage';
import { useDocumentSteps } from './documents';
import { draftOf } from './draft';
import { DraftDifferences } from './DraftDifferences';
import { BECOMES, PAYMENT_METHODS } from './kinds';
import { LineTable } from './LineTable';
import { Payments } from './Payments';
import { PdfDialog } from './PdfDialog';
import { Totals } from './Totals';
import { useWrittenName } from './useDraft';
import { readWritten } from './writtenDraft';
import { dropDraft } from '@/drafts/drafts';
import classes from './DocumentPage.module.css';

const SendDialog = lazy(async () => ({ default: (await import('./SendDialog')).SendDialog }));
const PayDialog = lazy(async () => ({ default: (await import('./PayDialog')).PayDialog }));

/** An approved document: what it says stays; what happens to it goes on. */
export function FrozenDocument({ document }: { document: Document }) {
  const texts = useTexts();
  const { money } = useFormats();
  return (
    <DocumentFrame document={document} actions={<Actions document={document} />}>
      <TooLate document={document} />
      <div className={classes.sheet}>
        <Facts document={document} />
        <LineTable lines={document.lines} currency={document.currency} />
        <Totals {...document} on={document.issue_date} />
        {Number(document.pending_total) !== 0 && document.status !== 'voided' && (
          <Text
            ta="right"
            size="sm"
            c={document.overdue ? 'var(--bad)' : 'dimmed'}
            mt={6}
            className="figures"
          >
            {texts.document.pending}: {money(document.pending_total, document.currency)}
          </Text>
        )}
        <Payments document={document} />
        {document.notes && (
          <Text size="sm" mt="lg" style={{ whiteSpace: 'pre-line' }}>
            {document.notes}
          </Text>
        )}
      </div>
      <div className={classes.log}>
        <MessageLog contactId={document.contact_id} documentId={document.id} />
      </div>
    </DocumentFrame>
  );
}

/** What somebody was still writing here when another approved it: it cannot be saved any more, and is not thrown away. */
function TooLate({ document }: { document: Document }) {
  const { editor: texts, drafts } = useTexts();
  const name = useWrittenName(document.id);
  const [written, setWritten] = useState(() => readWritten(name, document));
  if (!written) return null;
  const discard = () => {
    dropDraft(name);
    setWritten(undefined);
  };
  return (
    <Alert color="yellow" variant="light" role="alert" mb="md" title={texts.tooLate}>
      <Text size="sm">{texts.tooLateHint}</Text>
      <DraftDifferences mine={written.draft} theirs={draftOf(document)} />
      <Button size="xs" variant="default" mt="sm" onClick={discard}>
        {drafts.discard}
      </Button>
    </Alert>
  );
}

function Facts({ document }: { document: Document }) {
  const texts = useTexts();
  const { day } = useFormats();
  const method = PAYMENT_METHODS.find((each) => each === document.payment_method);
  const facts = [
    [texts.document.date, day(document.issue_date)],
    [texts.document.due, document.due_date && day(document.due_date)],
    [texts.editor.paymentMethod, method ? texts.editor.methods[method] : document.payment_method],
    [texts.editor.supplierNumber, document.supplier_number],
  ] as const;
  return (
    <dl className={classes.facts} style={{ margin: '0 0 24px' }}>
      {facts.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <Text component="dt" fz={12.5} c="dimmed">
                {name}
              </Text>
              <Text component="dd" m={0} fz={14} fw={550}>
                {value}
              </Text>
            </div>
          ),
      )}
    </dl>
  );
}

function Actions({ document }: { document: Document }) {
  const texts = useTexts();
  const [dialog, setDialog] = useState<'send' | 'pay' | 'pdf' | 'void'>();
  const close = () => setDialog(undefined);
  const steps = useDocumentSteps(document.id);
  const attempt = useAttempt();
  const payable = Number(document.pending_total) > 0 && document.status !== 'voided';
  const confirmVoid = () => {
    close();
    attempt(steps.void.mutateAsync(), () => tell(texts.editor.voided));
  };
  return (
    <>
      {payable && (
        <Button
          variant="default"
          leftSection={<IconCash size={17} aria-hidden />}
          onClick={() => setDialog('pay')}
        >
          {texts.editor.pay}
        </Button>
      )}
      <Button
        variant="default"
        leftSection={<IconFileTypePdf size={17} aria-hidden />}
        onClick={() => setDialog('pdf')}
      >
        PDF
      </Button>
      {document.status !== 'voided' && (
        <>
          <Button leftSection={<IconSend size={16} aria-hidden />} onClick={() => setDialog('send')}>
            {texts.editor.send}
          </Button>
          <MoreActions document={document} onVoid={() => setDialog('void')} />
        </>
      )}
      <Suspense>
        {dialog === 'send' && <SendDialog document={document} onClose={close} />}
        {dialog === 'pay' && <PayDialog document={document} onClose={close} />}
      </Suspense>
      {dialog === 'pdf' && <PdfDialog document={document} onClose={close} />}
      <ConfirmDialog
        opened={dialog === 'void'}
        title={texts.editor.voidAsk}
        confirm={texts.editor.void}
        danger
        onConfirm={confirmVoid}
        onClose={close}
      >
        {texts.editor.voidHint}
      </ConfirmDialog>
    </>
  );
}

function MoreActions({ document, onVoid }: { document: Document; onVoid: () => void }) {
  const texts = useTexts();
  const navigate = useNavigate();
  const { accept, reject, convert } = useDocumentSteps(document.id);
  const attempt = useAttempt();
  const turnInto = (type: DocumentType) =>
    attempt(
      convert.mutateAsync(type),
      ({ id, contact_id }) =>
        void navigate({
          to: '/contacts/$contactId/documents/$documentId',
          params: { contactId: contact_id, documentId: id },
        }),
    );
  const answerable = document.type === 'estimate' && document.status === 'approved';
  return (
    <Menu width={250}>
      <Menu.Target>
        <Button variant="default" px={9} aria-label={texts.actions.more}>
          <IconDotsVertical size={18} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {answerable && (
          <>
            <Menu.Item leftSection={<IconCheck size={16} />} onClick={() => attempt(accept.mutateAsync())}>
              {texts.editor.accept}
            </Menu.Item>
            <Menu.Item leftSection={<IconX size={16} />} onClick={() => attempt(reject.mutateAsync())}>
              {texts.editor.reject}
            </Menu.Item>
            <Menu.Divider />
          </>
        )}
        {BECOMES[document.type].length > 0 && <Menu.Label>{texts.editor.convert}</Menu.Label>}
        {BECOMES[document.type].map((type) => (
          <Menu.Item key={type} leftSection={<IconArrowsExchange size={16} />} onClick={() => turnInto(type)}>
            {texts.documentTypes[type]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item color="red" leftSection={<IconBan size={16} />} onClick={onVoid}>
          {texts.editor.void}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
