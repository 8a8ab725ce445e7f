import { Badge, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { Message } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { tell } from '@/ui/notices';
import { QueryProblem } from '@/ui/QueryProblem';
import { useAttempt } from '@/ui/useAttempt';
import { LoadMore } from '@/ui/LoadMore';
import { messageListQuery, useResend } from './messages';
import classes from './MessageLog.module.css';

const COLORS: Record<Message['status'], string> = {
  queued: 'accent',
  sending: 'accent',
  sent: 'green',
  failed: 'red',
  unknown: 'yellow',
  cancelled: 'gray',
};

/** What was mailed, to whom, when, and whether it arrived. Says nothing while nothing was sent. */
export function MessageLog({ contactId, documentId }: { contactId: string; documentId?: string }) {
  const { messages: texts, actions } = useTexts();
  const found = useInfiniteQuery(messageListQuery(contactId, documentId));
  if (found.isPending) return <Skeleton height={90} />;
  if (found.isError) return <QueryProblem error={found.error} onRetry={() => void found.refetch()} />;
  const messages = found.data.pages.flatMap((page) => page.items);
  if (messages.length === 0) return null;
  return (
    <section aria-label={texts.title}>
      <Title order={2} fz={14.5} mb={4}>
        {texts.title}
      </Title>
      <ul className={classes.list}>
        {messages.map((message) => (
          <MessageItem contactId={contactId} key={message.id} message={message} />
        ))}
      </ul>
      <LoadMore of={found}>{actions.loadMore}</LoadMore>
    </section>
  );
}

function MessageItem({ contactId, message }: { contactId: string; message: Message }) {
  const { messages: texts, documentTypes } = useTexts();
  const { moment } = useFormats();
  const { document_type, document_number, subject } = message;
  const resend = useResend(contactId);
  const attempt = useAttempt();
  const broken = message.status === 'failed' || message.status === 'unknown';
  return (
    <li className={classes.item}>
      <Stack gap={2} miw={0}>
        <Text fz={13.5} fw={550}>
          {document_type ? `${documentTypes[document_type]} ${document_number ?? ''}` : subject}
        </Text>
        {message.recipients.map(({ kind, email, status, detail }) => (
          <Text key={`${kind}${email}`} fz={12.5} c={status === 'refused' ? 'var(--bad)' : 'dimmed'} truncate>
            {texts.kinds[kind]}: {email}
            {status === 'refused' && ` · ${texts.refused}${detail ? ` (${detail})` : ''}`}
          </Text>
        ))}
        {broken && message.last_error && (
          <Text fz={12.5} c="var(--bad)" style={{ overflowWrap: 'anywhere' }}>
            {message.last_error}
          </Text>
        )}
      </Stack>
      <Stack gap={6} align="flex-end">
        <Group gap={8} justify="flex-end">
          <Text fz={12.5} c="dimmed" className="figures">
            {moment(message.sent_at ?? message.created_at)}
          </Text>
          <Badge color={COLORS[message.status]} variant="light" tt="none" fw={550} radius="sm">
            {texts.statuses[message.status]}
          </Badge>
        </Group>
        {broken && (
          <Button
            size="compact-sm"
            variant="light"
            loading={resend.isPending}
            onClick={() => attempt(resend.mutateAsync(message), () => tell(texts.resent))}
          >
            {texts.resend}
          </Button>
        )}
      </Stack>
    </li>
  );
}
