import { Alert, Badge, Group, Skeleton, Stack, Text, TextInput, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '@/api/client';
import { keys } from '@/api/keys';
import type { Contact, Document, Recipient } from '@/api/types';
import { useTexts } from '@/app/texts';
import { contactQuery } from '@/contacts/contacts';
import { useKeptForm } from '@/drafts/useKeptForm';
import { FormDialog } from '@/ui/FormDialog';
import { tell } from '@/ui/notices';
import { QueryProblem } from '@/ui/QueryProblem';
import { useSubmitProblems } from '@/ui/useSubmitProblems';

type Values = { cc: string; subject: string; message: string };

/** Shows who will get the document and why, before it leaves. */
export function SendDialog({ document, onClose }: { document: Document; onClose: () => void }) {
  const texts = useTexts();
  const client = useQueryClient();
  const recipients = useQuery({
    queryKey: keys.recipients(document.id),
    queryFn: async () =>
      (
        await dataOf(
          api.GET('/api/v1/documents/{document_id}/recipients', {
            params: { path: { document_id: document.id } },
          }),
        )
      ).items,
    // Somebody may have ticked a box since.
    staleTime: 0,
  });
  const card = useQuery(contactQuery(document.contact_id));
  const form = useForm<Values>({ initialValues: { cc: '', subject: '', message: '' } });
  const kept = useKeptForm(form, `send:${document.id}`);
  const onError = useSubmitProblems(form, (field) => (field.startsWith('cc.') ? 'cc' : field));
  const send = useMutation({
    mutationFn: ({ cc, subject, message }: Values) => {
      const extra = addresses(cc);
      return dataOf(
        api.POST('/api/v1/documents/{document_id}/send', {
          params: { path: { document_id: document.id } },
          body: {
            cc: extra.length > 0 ? [...copiesOf(recipients.data), ...extra] : undefined,
            subject: subject.trim() || undefined,
            message: message.trim() || undefined,
          },
        }),
      );
    },
    onSuccess: ({ to, cc, bcc }) => {
      kept.clear();
      tell(texts.send.sent(to.length + cc.length + bcc.length));
      onClose();
      return client.invalidateQueries({ queryKey: keys.messages(document.contact_id) });
    },
    onError,
  });
  const what = `${texts.documentTypes[document.type]} ${document.number ?? ''}`.trim();
  return (
    <FormDialog
      title={texts.send.title(what)}
      submit={texts.send.confirm}
      size="lg"
      busy={send.isPending}
      form={form}
      kept={kept}
      onClose={onClose}
      onSubmit={form.onSubmit((values) => send.mutate(values))}
    >
      <Text size="sm" fw={600}>
        {texts.send.who}
      </Text>
      {recipients.isPending && <Skeleton height={96} />}
      {recipients.isError && (
        <QueryProblem error={recipients.error} onRetry={() => void recipients.refetch()} />
      )}
      {recipients.data && <Recipients recipients={recipients.data} />}
      <TextInput label={texts.send.extra} placeholder={texts.send.extraHint} {...form.getInputProps('cc')} />
      {card.data && recipients.data && (
        <OutsideEmails typed={addresses(form.values.cc)} own={ownOf(card.data, recipients.data)} />
      )}
      <TextInput
        label={texts.send.subject}
        placeholder={texts.send.subjectHint}
        {...form.getInputProps('subject')}
      />
      <Textarea
        label={texts.send.message}
        autosize
        minRows={3}
        maxRows={10}
        {...form.getInputProps('message')}
      />
    </FormDialog>
  );
}

function Recipients({ recipients }: { recipients: Recipient[] }) {
  const { send: texts } = useTexts();
  if (recipients.length === 0) {
    return (
      <Alert color="yellow" variant="light">
        {texts.none}
      </Alert>
    );
  }
  return (
    <Stack component="ul" gap={10} m={0} p={0} style={{ listStyle: 'none' }}>
      {recipients.map(({ email, name, role, reason }) => (
        <Group component="li" key={`${role}${email}`} wrap="nowrap" align="flex-start" gap="sm">
          <Badge
            variant="light"
            color={role === 'to' ? 'accent' : 'gray'}
            tt="none"
            fw={550}
            radius="sm"
            w={62}
            style={{ flexShrink: 0 }}
          >
            {texts[role]}
          </Badge>
          <Stack gap={0} miw={0}>
            <Text size="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
              {name ? `${name} · ${email}` : email}
            </Text>
            <Text fz={12.5} c="dimmed">
              {texts.reasons[reason]}
            </Text>
          </Stack>
        </Group>
      ))}
    </Stack>
  );
}

/** Of what was typed, the addresses that go to nobody we know the document is for. */
function OutsideEmails({ typed, own }: { typed: string[]; own: Set<string> }) {
  const { send: texts } = useTexts();
  const outside = [...new Set(typed)].filter((email) => email.includes('@') && !own.has(email.toLowerCase()));
  return (
    <Stack component="ul" gap={6} m={0} p={0} style={{ listStyle: 'none' }} aria-live="polite">
      {outside.map((email) => (
        <Group component="li" key={email} wrap="nowrap" align="flex-start" gap="sm">
          <Badge variant="light" color="orange" tt="none" fw={550} radius="sm" miw={62}>
            {texts.outside}
          </Badge>
          <Stack gap={0} miw={0}>
            <Text size="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
              {email}
            </Text>
            <Text fz={12.5} c="dimmed">
              {texts.outsideHint}
            </Text>
          </Stack>
        </Group>
      ))}
    </Stack>
  );
}

/** As documents tells its own from what the sender typed. */
function ownOf(contact: Contact, recipients: Recipient[]): Set<string> {
  const emails = [...contact.emails, ...recipients.map(({ email }) => email)];
  return new Set(emails.map((email) => email.toLowerCase()));
}

function copiesOf(recipients: Recipient[] | undefined): string[] {
  return (recipients ?? []).filter(({ role }) => role === 'cc').map(({ email }) => email);
}

function addresses(typed: string): string[] {
  return typed.split(/[\s,;]+/).filter(Boolean);
}
