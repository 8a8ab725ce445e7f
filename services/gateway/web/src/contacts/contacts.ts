import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { api, dataOf, done, ifMatch } from '@/api/client';
import { keys } from '@/api/keys';
import type { Contact, ContactIn, ContactKind } from '@/api/types';
import { filtersOf, type ListSearch } from './listSearch';

const PAGE = 100;

export function contactListQuery(search: ListSearch) {
  const { q, role, kind, tag, sort } = search;
  return infiniteQueryOptions({
    queryKey: keys.contactList(filtersOf(search)),
    queryFn: ({ pageParam, signal }) =>
      dataOf(
        api.GET('/api/v1/contacts', {
          params: { query: { q, role, kind, tag, sort, limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    // What was found stays until the next answer: typing must not make the list blink.
    placeholderData: keepPreviousData,
  });
}

export function contactQuery(id: string) {
  return queryOptions({
    queryKey: keys.contactCard(id),
    queryFn: () => dataOf(api.GET('/api/v1/contacts/{contact_id}', { params: { path: { contact_id: id } } })),
  });
}

/** The best few, for choosing one. */
export function contactSearchQuery(kind: ContactKind, q: string) {
  return queryOptions({
    queryKey: keys.contactSearch(kind, q),
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/contacts', { params: { query: { kind, q, limit: 20 } }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function useCreateContact() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ContactIn) => dataOf(api.POST('/api/v1/contacts', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.contacts }),
  });
}

/** Sends what changed, on top of the version it was changed from: 412 when that is not the latest any more. */
export function useUpdateContact() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ base, changes }: { base: Contact; changes: Partial<ContactIn> }) =>
      dataOf(
        api.PATCH('/api/v1/contacts/{contact_id}', {
          params: { path: { contact_id: base.id }, header: ifMatch(base.version) },
          body: changes,
        }),
      ),
    onSuccess: (contact) => refreshContact(client, contact.id),
  });
}

export function useRemoveContact() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      done(api.DELETE('/api/v1/contacts/{contact_id}', { params: { path: { contact_id: id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.contacts }),
  });
}

export function useRestoreContact() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      dataOf(api.POST('/api/v1/contacts/{contact_id}/restore', { params: { path: { contact_id: id } } })),
    onSuccess: (contact) => refreshContact(client, contact.id),
  });
}

async function refreshContact(client: ReturnType<typeof useQueryClient>, id: string): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: keys.contacts }),
    client.invalidateQueries({ queryKey: keys.contact(id) }),
  ]);
}
