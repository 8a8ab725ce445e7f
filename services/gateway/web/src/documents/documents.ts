import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query';
import { api, dataOf, done, ifMatch } from '@/api/client';
import { keys } from '@/api/keys';
import type { Document, DocumentPatch, DocumentType, Side } from '@/api/types';

export function documentQuery(id: string) {
  return queryOptions({
    queryKey: keys.document(id),
    queryFn: () =>
      dataOf(api.GET('/api/v1/documents/{document_id}', { params: { path: { document_id: id } } })),
  });
}

export function documentListQuery(contactId: string, side: Side) {
  return infiniteQueryOptions({
    queryKey: keys.documents(contactId, side),
    queryFn: ({ pageParam, signal }) =>
      dataOf(
        api.GET('/api/v1/documents', {
          params: { query: { contact_id: contactId, side, limit: 50, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function paymentsQuery(documentId: string) {
  return infiniteQueryOptions({
    queryKey: keys.payments(documentId),
    queryFn: ({ pageParam, signal }) =>
      dataOf(
        api.GET('/api/v1/documents/{document_id}/payments', {
          params: { path: { document_id: documentId }, query: { limit: 50, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function pdfUrl(documentId: string): string {
  return `/api/v1/documents/${documentId}/pdf`;
}

export function useCreateDocument() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ contactId, type }: { contactId: string; type: DocumentType }) =>
      dataOf(api.POST('/api/v1/documents', { body: { type, contact_id: contactId } })),
    onSuccess: (document) => keep(client, document),
  });
}

export function useSaveDraft() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version, changes }: { id: string; version: number; changes: DocumentPatch }) =>
      dataOf(
        api.PATCH('/api/v1/documents/{document_id}', {
          params: { path: { document_id: id }, header: ifMatch(version) },
          body: changes,
        }),
      ),
    onSuccess: (document) => keep(client, document),
  });
}

/** What can be done to a document as it is. Each answers the document as it is then. */
export function useDocumentSteps(id: string) {
  const client = useQueryClient();
  const params = { path: { document_id: id } };
  const onSuccess = (document: Document) => keep(client, document);
  return {
    approve: useMutation({
      mutationFn: () => dataOf(api.POST('/api/v1/documents/{document_id}/approve', { params })),
      onSuccess,
    }),
    void: useMutation({
      mutationFn: () => dataOf(api.POST('/api/v1/documents/{document_id}/void', { params })),
      onSuccess,
    }),
    accept: useMutation({
      mutationFn: () => dataOf(api.POST('/api/v1/documents/{document_id}/accept', { params })),
      onSuccess,
    }),
    reject: useMutation({
      mutationFn: () => dataOf(api.POST('/api/v1/documents/{document_id}/reject', { params })),
      onSuccess,
    }),
    convert: useMutation({
      mutationFn: (type: DocumentType) =>
        dataOf(api.POST('/api/v1/documents/{document_id}/convert', { params, body: { type } })),
      onSuccess,
    }),
    pay: useMutation({
      mutationFn: (body: { date: string; amount: string; method: string }) =>
        dataOf(api.POST('/api/v1/documents/{document_id}/payments', { params, body })),
      onSuccess: () => client.invalidateQueries(),
    }),
    unpay: useMutation({
      mutationFn: (paymentId: string) =>
        done(
          api.DELETE('/api/v1/documents/{document_id}/payments/{payment_id}', {
            params: { path: { document_id: id, payment_id: paymentId } },
          }),
        ),
      onSuccess: () => client.invalidateQueries(),
    }),
  };
}

export function useRemoveDraft() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: Document) =>
      done(api.DELETE('/api/v1/documents/{document_id}', { params: { path: { document_id: id } } })),
    onSuccess: async (_, { contact_id }) => {
      await client.invalidateQueries({ queryKey: keys.anyDocument, refetchType: 'none' });
      await client.invalidateQueries({ queryKey: keys.contact(contact_id) });
    },
  });
}

async function keep(client: QueryClient, document: Document): Promise<void> {
  client.setQueryData(keys.document(document.id), document);
  // Those that it came from and became name it.
  await client.invalidateQueries({
    queryKey: keys.anyDocument,
    refetchType: 'none',
    predicate: ({ queryKey }) => queryKey[1] !== document.id,
  });
  await client.invalidateQueries({ queryKey: keys.contact(document.contact_id) });
}
