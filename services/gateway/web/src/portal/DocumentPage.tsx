import { Alert, Button, Group, Skeleton, Stack, Text, Textarea, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconBuildingBank, IconCheck, IconChevronLeft, IconFileTypePdf, IconX } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Relations } from '@/documents/Relations';
import { LineTable } from '@/documents/LineTable';
import { StatusBadge } from '@/documents/StatusBadge';
import { useFormats } from '@/i18n/formats';
import { useKeptForm } from '@/drafts/useKeptForm';
import { FormDialog } from '@/ui/FormDialog';
import { AnchorLink } from '@/ui/links';
import { tell } from '@/ui/notices';
import { usePageTitle } from '@/ui/usePageTitle';
import { QueryProblem } from '@/ui/QueryProblem';
import { useAttempt } from '@/ui/useAttempt';
import { useSubmitProblems } from '@/ui/useSubmitProblems';
import { documentQuery, meQuery, pdfUrl, useDocumentAnswers, type DocumentDetails } from './client';
import { TransferDialog } from './TransferDialog';
import { useTexts } from './texts';
import classes from './PortalShell.module.css';

export function DocumentPage() {
  const { portal } = useTexts();
  const { documentId } = useParams({ from: '/client/documents/$documentId' });
  const found = useQuery(documentQuery(documentId));
  return (
    <Stack gap="md">
      <AnchorLink
        to="/documents"
        fz={13}
        c="dimmed"
        data-screen-only
        style={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}
      >
        <IconChevronLeft size={16} aria-hidden />
        {portal.documents}
      </AnchorLink>
      {found.isPending && <Skeleton height={420} />}
      {found.isError && <QueryProblem error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && <Details document={found.data} />}
    </Stack>
  );
}

function Details({ document }: { document: DocumentDetails }) {
  const texts = useTexts();
  const { day, dayOf } = useFormats();
  const { answer } = document;
  usePageTitle(`${texts.documentTypes[document.type]} ${document.number ?? ''}`.trim(), texts.portal.title);
  return (
    <>
      <Group justify="space-between" align="flex-start" gap="md">
        <div>
          <Group gap="sm">
            <Title order={1} fz={{ base: 20, sm: 24 }}>
              {texts.documentTypes[document.type]} {document.number}
            </Title>
            <StatusBadge document={document} />
          </Group>
          <Text size="sm" c="dimmed" mt={4}>
            {day(document.issue_date)}
            {document.due_date && ` · ${texts.document.due} ${day(document.due_date)}`}
          </Text>
        </div>
        <DocumentActions document={document} />
      </Group>
      {answer && (
        <Alert color={answer.accepted ? 'green' : 'gray'} variant="light">
          {answer.accepted
            ? texts.view.acceptedOn(dayOf(answer.answered_at))
            : texts.view.rejectedOn(dayOf(answer.answered_at))}
          {answer.reason && `: ${answer.reason}`}
        </Alert>
      )}
      <Relations
        document={document}
        linkTo={(other, name) => (
          <AnchorLink to="/documents/$documentId" params={{ documentId: other.id }} fz="inherit">
            {name}
          </AnchorLink>
        )}
      />
      <div className={classes.card}>
        <LineTable lines={document.lines} currency={document.currency} />
        <Totals document={document} />
        {document.notes && (
          <Text size="sm" mt="lg" style={{ whiteSpace: 'pre-line' }}>
            {document.notes}
          </Text>
        )}
      </div>
    </>
  );
}

function Totals({ document }: { document: DocumentDetails }) {
  const { document: texts } = useTexts();
  const { money } = useFormats();
  const rows = [
    [texts.subtotal, document.subtotal],
    [texts.taxes, document.tax_total],
  ] as const;
  return (
    <Stack gap={6} ml="auto" maw={300} mt="md" pr={10}>
      {rows.map(([name, amount]) => (
        <Group key={name} justify="space-between">
          <Text size="sm" c="dimmed">
            {name}
          </Text>
          <Text size="sm" className="figures">
            {money(amount, document.currency)}
          </Text>
        </Group>
      ))}
      <Group justify="space-between" style={{ borderTop: '1px solid var(--line-strong)' }} pt={8}>
        <Text fw={640}>{texts.total}</Text>
        <Text fw={640} fz={18} className="figures">
          {money(document.total, document.currency)}
        </Text>
      </Group>
      {Number(document.pending_total) > 0 && (
        <Group justify="space-between">
          <Text size="sm" c={document.overdue ? 'var(--bad)' : 'dimmed'}>
            {texts.pending}
          </Text>
          <Text size="sm" c={document.overdue ? 'var(--bad)' : 'dimmed'} className="figures">
            {money(document.pending_total, document.currency)}
          </Text>
        </Group>
      )}
    </Stack>
  );
}

function DocumentActions({ document }: { document: DocumentDetails }) {
  const { view, document: words } = useTexts();
  const { data: me } = useSuspenseQuery(meQuery);
  const { accept } = useDocumentAnswers(document.id);
  const attempt = useAttempt();
  const [rejecting, rejection] = useDisclosure();
  const [paying, payment] = useDisclosure();
  const answerable = document.type === 'estimate' && document.status === 'approved';
  const payable = Number(document.pending_total) > 0 && me.payment_methods.includes('transfer');
  return (
    <Group gap="sm">
      <Button
        component="a"
        href={pdfUrl(document.id)}
        target="_blank"
        rel="noreferrer"
        variant="default"
        leftSection={<IconFileTypePdf size={17} aria-hidden />}
      >
        {words.viewPdf}
      </Button>
      {answerable && (
        <>
          <Button
            variant="default"
            disabled={me.read_only}
            leftSection={<IconX size={16} aria-hidden />}
            onClick={rejection.open}
          >
            {view.reject}
          </Button>
          <Button
            disabled={me.read_only}
            loading={accept.isPending}
            leftSection={<IconCheck size={17} aria-hidden />}
            onClick={() => attempt(accept.mutateAsync(), () => tell(view.accepted))}
          >
            {view.accept}
          </Button>
        </>
      )}
      {payable && (
        <Button
          disabled={me.read_only}
          leftSection={<IconBuildingBank size={17} aria-hidden />}
          onClick={payment.open}
        >
          {view.pay}
        </Button>
      )}
      {rejecting && <RejectDialog documentId={document.id} onClose={rejection.close} />}
      {paying && <TransferDialog documentId={document.id} onClose={payment.close} />}
    </Group>
  );
}

function RejectDialog({ documentId, onClose }: { documentId: string; onClose: () => void }) {
  const { view } = useTexts();
  const { reject } = useDocumentAnswers(documentId);
  const form = useForm({ initialValues: { reason: '' } });
  const kept = useKeptForm(form, `reject:${documentId}`);
  const onError = useSubmitProblems(form);
  const submit = ({ reason }: { reason: string }) => {
    const saved = () => {
      kept.clear();
      tell(view.rejected);
      onClose();
    };
    reject.mutateAsync(reason).then(saved, onError);
  };
  return (
    <FormDialog
      title={view.rejectTitle}
      submit={view.reject}
      busy={reject.isPending}
      form={form}
      kept={kept}
      onClose={onClose}
      onSubmit={form.onSubmit(submit)}
    >
      <Textarea
        label={view.reason}
        description={view.reasonHint}
        autosize
        minRows={3}
        data-autofocus
        {...form.getInputProps('reason')}
      />
    </FormDialog>
  );
}
