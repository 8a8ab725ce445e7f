import { Badge, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { EmptyState } from '@/ui/EmptyState';
import { LoadMore } from '@/ui/LoadMore';
import { tell } from '@/ui/notices';
import { QueryProblem } from '@/ui/QueryProblem';
import { useAttempt } from '@/ui/useAttempt';
import { usePageTitle } from '@/ui/usePageTitle';
import { apiKeysQuery, useApiKeyChanges, type ApiKey, type NewApiKey } from './apiKeys';
import classes from './ApiKeysPage.module.css';
import { KeyDialog } from './KeyDialog';
import { NewKeyDialog } from './NewKeyDialog';

/** The keys with which programs come in: which there are, what each may do, until when. */
export function ApiKeysPage() {
  const { apiKeys: texts, actions } = useTexts();
  usePageTitle(texts.title, 'Ficha');
  const [asking, setAsking] = useState(false);
  const [made, setMade] = useState<NewApiKey>();
  const found = useInfiniteQuery(apiKeysQuery);
  const listed = found.data?.pages.flatMap((page) => page.items);
  return (
    <div className={classes.page}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Title order={1} fz={{ base: 22, sm: 26 }}>
            {texts.title}
          </Title>
          <Text size="sm" c="dimmed" mt={4} mb="lg">
            {texts.hint}
          </Text>
        </div>
        <Button flex="none" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAsking(true)}>
          {texts.add}
        </Button>
      </Group>
      {found.isPending && <Skeleton height={160} />}
      {found.isError && <QueryProblem error={found.error} onRetry={() => void found.refetch()} />}
      {listed?.length === 0 && (
        <EmptyState icon={IconKey} title={texts.none}>
          {texts.noneHint}
        </EmptyState>
      )}
      {listed && listed.length > 0 && (
        <ul className={classes.list}>
          {listed.map((key) => (
            <KeyItem key={key.id} apiKey={key} />
          ))}
        </ul>
      )}
      <LoadMore of={found}>{actions.loadMore}</LoadMore>
      {asking && (
        <NewKeyDialog
          onClose={() => setAsking(false)}
          onMade={(key) => {
            setAsking(false);
            setMade(key);
          }}
        />
      )}
      {made && <KeyDialog apiKey={made} onClose={() => setMade(undefined)} />}
    </div>
  );
}

function KeyItem({ apiKey }: { apiKey: ApiKey }) {
  const { apiKeys: texts, actions } = useTexts();
  const { moment } = useFormats();
  const { remove } = useApiKeyChanges();
  const attempt = useAttempt();
  const [asking, setAsking] = useState(false);
  const { name, prefix, scopes, created_at, expires_at, last_used_at } = apiKey;
  return (
    <li className={classes.key}>
      <Stack gap={4} miw={0}>
        <Group gap={8}>
          <Text fw={600}>{name}</Text>
          <Text span fz={12.5} c="dimmed" ff="monospace">
            {prefix}…
          </Text>
        </Group>
        <Text fz={12.5} c="dimmed">
          {[
            texts.made(moment(created_at)),
            expires_at ? texts.expires(moment(expires_at)) : texts.lasts,
            last_used_at ? texts.used(moment(last_used_at)) : texts.unused,
          ].join(' · ')}
        </Text>
        <Group gap={6}>
          {scopes.map((scope) => (
            <Badge key={scope} variant="default" tt="none" fw={500} radius="sm">
              {scope}
            </Badge>
          ))}
        </Group>
      </Stack>
      <Button variant="subtle" color="red.8" size="compact-sm" onClick={() => setAsking(true)}>
        {actions.remove}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={texts.removeAsk(name)}
        confirm={actions.remove}
        danger
        busy={remove.isPending}
        onConfirm={() => {
          setAsking(false);
          attempt(remove.mutateAsync(apiKey.id), () => tell(texts.removed(name)));
        }}
        onClose={() => setAsking(false)}
      >
        {texts.removeHint}
      </ConfirmDialog>
    </li>
  );
}
