import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
  type InfiniteData,
  type Query,
  type QueryClient,
} from '@tanstack/react-query';
import { api, dataOf, done, ifMatch } from '@/api/client';
import { keys } from '@/api/keys';
import type { Contact, ContactIn, ContactKind } from '@/api/types';
import { filtersOf, type ListSearch } from './listSearch';

/** What is in sight comes at once, the rest in larger parts. */
const FIRST_PAGE = 25;
const PAGE = 100;
/** A list scrolled further than this many pages is not fetched anew as a whole: that would be hundreds of requests. */
const FEW_PAGES = 3;

type ContactPages = InfiniteData<{ items: Contact[]; next_cursor: string | null }>;

export function contactListQuery(search: ListSearch) {
  const { q, role, kind, tag, sort } = search;
  return infiniteQueryOptions({
    queryKey: keys.contactList(filtersOf(search)),
    queryFn: ({ pageParam, signal }) =>
      dataOf(
        api.GET('/api/v1/contacts', {
          params: {
            query: { q, role, kind, tag, sort, limit: pageParam ? PAGE : FIRST_PAGE, cursor: pageParam },
          },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    // What was found stays until the next answer: typing must not make the list blink.
    placeholderData: keepPreviousData,
    refetchOnMount: isShort,
    refetchOnWindowFocus: isShort,
    refetchOnReconnect: isShort,
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
    onSuccess: () => refreshLists(client),
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
    onSuccess: (contact) => {
      putInLists(client, (items) => items.map((each) => (each.id === contact.id ? contact : each)));
      return refreshContact(client, contact.id);
    },
  });
}

export function useRemoveContact() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      done(api.DELETE('/api/v1/contacts/{contact_id}', { params: { path: { contact_id: id } } })),
    onSuccess: (_, id) => {
      putInLists(client, (items) => items.filter((each) => each.id !== id));
      return refreshLists(client);
    },
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

function isShort({ state }: { state: { data?: unknown } }): boolean {
  return ((state.data as ContactPages | undefined)?.pages.length ?? 0) <= FEW_PAGES;
}

function putInLists(client: QueryClient, change: (items: Contact[]) => Contact[]): void {
  client.setQueriesData<ContactPages>(
    { queryKey: keys.contactLists },
    (list) => list && { ...list, pages: list.pages.map((page) => ({ ...page, items: change(page.items) })) },
  );
}

async function refreshLists(client: QueryClient): Promise<void> {
  const isList = ({ queryKey }: Query) => keys.contactLists.every((part, at) => queryKey[at] === part);
  await client.invalidateQueries({
    queryKey: keys.contacts,
    predicate: (query) => !isList(query) || isShort(query),
  });
}

async function refreshContact(client: QueryClient, id: string): Promise<void> {
  await Promise.all([refreshLists(client), client.invalidateQueries({ queryKey: keys.contact(id) })]);
}
