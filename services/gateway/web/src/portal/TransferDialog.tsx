import { ActionIcon, CopyButton, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect } from 'react';
import { ibanGroups } from '@/contacts/contactParts';
import { useFormats } from '@/i18n/formats';
import { Dialog } from '@/ui/Dialog';
import { QueryProblem } from '@/ui/QueryProblem';
import { useDocumentAnswers, type Transfer } from './client';
import { useTexts } from './texts';

/** How to pay by transfer: reference, account, and a code for the bank's app. */
export function TransferDialog({ documentId, onClose }: { documentId: string; onClose: () => void }) {
  const { view } = useTexts();
  const { pay } = useDocumentAnswers(documentId);
  const { mutate, data, error } = pay;
  useEffect(() => mutate(), [mutate]);
  return (
    <Dialog onClose={onClose} title={view.payTitle}>
      {error ? (
        <QueryProblem error={error} onRetry={() => mutate()} />
      ) : data ? (
        <TransferFacts transfer={data} />
      ) : (
        <Skeleton height={380} />
      )}
    </Dialog>
  );
}

function TransferFacts({ transfer }: { transfer: Transfer }) {
  const { view } = useTexts();
  const { money } = useFormats();
  const facts = [
    [view.holder, transfer.holder, transfer.holder],
    [view.iban, ibanGroups(transfer.iban), transfer.iban],
    [view.bic, transfer.bic, transfer.bic],
    [view.amount, money(transfer.amount, transfer.currency), transfer.amount],
    [view.reference, transfer.reference, transfer.reference],
  ] as const;
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {view.payHint}
      </Text>
      {transfer.qr_svg && (
        <img
          src={`data:image/svg+xml;utf8,${encodeURIComponent(transfer.qr_svg)}`}
          alt={view.qr}
          width={190}
          height={190}
          style={{ alignSelf: 'center', background: '#fff', padding: 10, borderRadius: 10 }}
        />
      )}
      <Stack component="dl" gap={10} m={0}>
        {facts.map(
          ([name, shown, copied]) =>
            shown && (
              <Group key={name} justify="space-between" wrap="nowrap">
                <div>
                  <Text component="dt" fz={12.5} c="dimmed">
                    {name}
                  </Text>
                  <Text component="dd" m={0} fw={560} className="figures">
                    {shown}
                  </Text>
                </div>
                <Copy what={name} value={copied ?? ''} />
              </Group>
            ),
        )}
      </Stack>
    </Stack>
  );
}

function Copy({ what, value }: { what: string; value: string }) {
  const { view } = useTexts();
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={copied ? view.copied : view.copy(what)}
          onClick={copy}
        >
          {copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
        </ActionIcon>
      )}
    </CopyButton>
  );
}
