import { ActionIcon, Group, Text, Title } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Document, Payment } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { AnchorLink } from '@/ui/links';
import { LoadMore } from '@/ui/LoadMore';
import { tell } from '@/ui/notices';
import { QueryProblem } from '@/ui/QueryProblem';
import { useAttempt } from '@/ui/useAttempt';
import { paymentsQuery, useDocumentSteps } from './documents';
import { PAYMENT_METHODS } from './kinds';
import classes from './Payments.module.css';

/** What settled the document, each payment with its way back. A credit note is taken back by voiding it. */
export function Payments({ document }: { document: Document }) {
  const { payments: texts, actions } = useTexts();
  const { day, money } = useFormats();
  const found = useInfiniteQuery(paymentsQuery(document.id));
  const { unpay } = useDocumentSteps(document.id);
  const attempt = useAttempt();
  const [asked, setAsked] = useState<Payment>();
  const payments = (found.data?.pages ?? []).flatMap((page) => page.items);
  if (found.isError && payments.length === 0)
    return <QueryProblem error={found.error} onRetry={() => void found.refetch()} />;
  if (payments.length === 0) return null;
  const amountOf = ({ amount }: Payment) => money(amount, document.currency);
  const takeBack = (payment: Payment) =>
    attempt(unpay.mutateAsync(payment.id), () => {
      setAsked(undefined);
      tell(texts.takenBack);
    });
  return (
    <section className={classes.payments} aria-label={texts.title}>
      <Title order={2} fz={15} mb="xs">
        {texts.title}
      </Title>
      <ul className={classes.list}>
        {payments.map((payment) => (
          <li key={payment.id}>
            <span className="figures">{day(payment.date)}</span>
            <Method document={document} payment={payment} />
            <span className="figures">{amountOf(payment)}</span>
            {payment.credit_note_id ? (
              <span />
            ) : (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={texts.takeBack(amountOf(payment), day(payment.date))}
                onClick={() => setAsked(payment)}
              >
                <IconArrowBackUp size={18} aria-hidden />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      <LoadMore of={found} mt="xs">
        {actions.loadMore}
      </LoadMore>
      <ConfirmDialog
        opened={asked !== undefined}
        title={texts.ask}
        confirm={texts.confirm}
        danger
        busy={unpay.isPending}
        onConfirm={() => asked && takeBack(asked)}
        onClose={() => setAsked(undefined)}
      >
        {asked && texts.hint(amountOf(asked), day(asked.date))}
      </ConfirmDialog>
    </section>
  );
}

function Method({ document, payment }: { document: Document; payment: Payment }) {
  const { editor, payments: texts } = useTexts();
  const known = PAYMENT_METHODS.find((each) => each === payment.method);
  if (!payment.credit_note_id) return <span>{known ? editor.methods[known] : payment.method}</span>;
  return (
    <Group gap={4}>
      <Text span inherit>
        {texts.setOff}
      </Text>
      {payment.credit_note_id !== document.id && (
        <AnchorLink
          to="/contacts/$contactId/documents/$documentId"
          params={{ contactId: document.contact_id, documentId: payment.credit_note_id }}
          fz={13.5}
        >
          {texts.see}
        </AnchorLink>
      )}
    </Group>
  );
}
