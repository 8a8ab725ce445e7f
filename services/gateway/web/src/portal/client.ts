/** What the portal asks, and how. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, done } from '@/api/client';
import type { components } from '@/api/schema';

type Schemas = components['schemas'];
export type Company = Schemas['PortalOrganizationOut'];
export type Me = Schemas['MeOut'];
export type ClientDocument = Schemas['PortalDocumentOut'];
export type DocumentDetails = Schemas['DocumentDetails'];
export type CatalogueProduct = Schemas['PortalProductOut'];
export type Entered = Schemas['PortalSessionOut'] | Schemas['ChoicesOut'];
export type Choice = Schemas['ChoiceOut'];
export type Transfer = Schemas['PortalPaymentOut'];
export type DocumentFilters = { type?: ClientDocument['type']; status?: StatusFilter };
export type StatusFilter = 'pending' | 'overdue' | 'paid' | 'accepted' | 'rejected';

export const STATUS_FILTERS: StatusFilter[] = ['pending', 'overdue', 'paid', 'accepted', 'rejected'];

const keys = {
  all: ['portal'] as const,
  company: ['portal', 'company'] as const,
  me: ['portal', 'me'] as const,
  documents: (filters: DocumentFilters) => ['portal', 'documents', filters] as const,
  document: (id: string) => ['portal', 'document', id] as const,
  catalogue: ['portal', 'catalogue'] as const,
  orders: ['portal', 'orders'] as const,
  offer: ['portal', 'offer'] as const,
  reset: (token: string) => ['portal', 'reset', token] as const,
};

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: () => dataOf(api.GET('/portal/api/me')),
  staleTime: 30_000,
  retry: false,
});

/** Under which name this browser keeps what this client has not sent yet. Who looks as a client sends nothing. */
export function ownerOf({ contact, read_only }: Me): string {
  return `portal:${contact.id}${read_only ? ':preview' : ''}`;
}

/** The portals that the login opens, and which is open now. */
export const offerQuery = queryOptions({
  queryKey: keys.offer,
  queryFn: () => dataOf(api.GET('/portal/api/session')),
  retry: false,
});

/** What the link in a mail is about. */
export function resetQuery(token: string) {
  return queryOptions({
    queryKey: keys.reset(token),
    queryFn: () => dataOf(api.POST('/portal/api/password-resets/open', { body: { token } })),
    enabled: token !== '',
    staleTime: 'static',
    retry: false,
  });
}

/** Whose door it is; `null` where the link names nobody known. One page is about one company. */
export function companyQuery(slug: string | undefined) {
  return queryOptions({
    queryKey: keys.company,
    queryFn: async (): Promise<Company | null> =>
      slug
        ? dataOf(api.GET('/portal/api/company', { params: { query: { organization: slug } } })).catch(
            () => null,
          )
        : null,
    staleTime: 'static',
  });
}

export function documentListQuery(filters: DocumentFilters) {
  return infiniteQueryOptions({
    queryKey: keys.documents(filters),
    queryFn: ({ pageParam, signal }) =>
      dataOf(
        api.GET('/portal/api/documents', {
          params: { query: { ...filters, limit: 30, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function documentQuery(id: string) {
  return queryOptions({
    queryKey: keys.document(id),
    queryFn: () =>
      dataOf(api.GET('/portal/api/documents/{document_id}', { params: { path: { document_id: id } } })),
  });
}

export const catalogueQuery = infiniteQueryOptions({
  queryKey: keys.catalogue,
  queryFn: ({ pageParam }) =>
    dataOf(api.GET('/portal/api/catalogue', { params: { query: { limit: 60, cursor: pageParam } } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

export const ordersQuery = queryOptions({
  queryKey: keys.orders,
  queryFn: async () =>
    (await dataOf(api.GET('/portal/api/orders', { params: { query: { limit: 20 } } }))).items,
});

export function pdfUrl(id: string): string {
  return `/portal/api/documents/${id}/pdf`;
}

export function logIn(email: string, password: string, organization: string | undefined) {
  return dataOf(api.POST('/portal/api/session', { body: { email, password, organization } }));
}

export function askForReset(email: string, organization: string | undefined): Promise<void> {
  return done(api.POST('/portal/api/password-resets', { body: { email, organization } }));
}

export function redeemReset(token: string, password: string, contacts: string[]) {
  return dataOf(api.POST('/portal/api/password-resets/redeem', { body: { token, password, contacts } }));
}

export function choose(contactId: string) {
  return dataOf(api.PUT('/portal/api/session', { body: { contact_id: contactId } }));
}

export function openPreview(token: string, beside: boolean) {
  return dataOf(api.POST('/portal/api/preview', { body: { token, beside } }));
}

/** A new page: nothing of who was here before stays in it. */
export function enter(entered?: Entered): void {
  window.location.assign(entered && 'choices' in entered ? '/portal/choose' : '/portal');
}

export function logOut(): Promise<void> {
  return done(api.DELETE('/portal/api/session'));
}

export function useDocumentAnswers(id: string) {
  const client = useQueryClient();
  const params = { path: { document_id: id } };
  const onSuccess = () => client.invalidateQueries({ queryKey: keys.all });
  return {
    accept: useMutation({
      mutationFn: () => dataOf(api.POST('/portal/api/documents/{document_id}/accept', { params })),
      onSuccess,
    }),
    reject: useMutation({
      mutationFn: (reason: string) =>
        dataOf(
          api.POST('/portal/api/documents/{document_id}/reject', {
            params,
            body: { reason: reason.trim() || null },
          }),
        ),
      onSuccess,
    }),
    pay: useMutation({
      mutationFn: () =>
        dataOf(
          api.POST('/portal/api/documents/{document_id}/payments', { params, body: { method: 'transfer' } }),
        ),
    }),
  };
}

export function usePlaceOrder() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['OrderIn']) => dataOf(api.POST('/portal/api/orders', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.orders }),
  });
}

export function changePassword(current: string, next: string): Promise<void> {
  return done(api.PUT('/portal/api/password', { body: { current, new: next } }));
}
