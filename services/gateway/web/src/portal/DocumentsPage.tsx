import { Button, Group, Select, Skeleton, Stack, Title } from '@mantine/core';
import { IconFilterOff } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { SALES_TYPES } from '@/documents/kinds';
import { EmptyState } from '@/ui/EmptyState';
import { QueryProblem } from '@/ui/QueryProblem';
import { LoadMore } from '@/ui/LoadMore';
import { documentListQuery, STATUS_FILTERS, type DocumentFilters } from './client';
import { DocumentRows, NoDocuments } from './DocumentRows';
import { useTexts } from './texts';
import { usePageTitle } from '@/ui/usePageTitle';

export function DocumentsPage() {
  const texts = useTexts();
  usePageTitle(texts.portal.documents, texts.portal.title);
  const search = useSearch({ from: '/client/documents' });
  const filters: DocumentFilters = { type: search.type, status: search.status };
  const navigate = useNavigate({ from: '/documents' });
  const change = (changes: DocumentFilters) =>
    void navigate({ search: (before) => ({ ...before, ...changes }), replace: true });
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Title order={1} fz={{ base: 22, sm: 26 }}>
          {texts.portal.documents}
        </Title>
        <Group gap="sm" data-screen-only>
          <Select
            aria-label={texts.list.type}
            placeholder={texts.list.allTypes}
            clearable
            data={SALES_TYPES.map((type) => ({ value: type, label: texts.documentTypes[type] }))}
            value={filters.type ?? null}
            onChange={(type) => change({ type: type ?? undefined })}
          />
          <Select
            aria-label={texts.list.status}
            placeholder={texts.list.allStatuses}
            clearable
            data={STATUS_FILTERS.map((status) => ({
              value: status,
              label: status === 'pending' ? texts.list.pending : texts.documentStatuses[status],
            }))}
            value={filters.status ?? null}
            onChange={(status) => change({ status: status ?? undefined })}
          />
        </Group>
      </Group>
      <Found filters={filters} onClear={() => change({ type: undefined, status: undefined })} />
    </Stack>
  );
}

function Found({ filters, onClear }: { filters: DocumentFilters; onClear: () => void }) {
  const { list, actions } = useTexts();
  const found = useInfiniteQuery(documentListQuery(filters));
  if (found.isPending) return <Skeleton height={400} />;
  if (found.isError) return <QueryProblem error={found.error} onRetry={() => void found.refetch()} />;
  const documents = found.data.pages.flatMap((page) => page.items);
  if (documents.length === 0 && !(filters.type ?? filters.status)) return <NoDocuments />;
  if (documents.length === 0) {
    return (
      <EmptyState icon={IconFilterOff} title={list.noMatch}>
        <Button variant="light" size="sm" mt="sm" onClick={onClear}>
          {list.clear}
        </Button>
      </EmptyState>
    );
  }
  return (
    <>
      <DocumentRows documents={documents} />
      <LoadMore of={found}>{actions.loadMore}</LoadMore>
    </>
  );
}
