import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, done } from '@/api/client';
import { keys } from '@/api/keys';
import type { components } from '@/api/schema';

export type ApiKey = components['schemas']['ApiKeyOut'];
export type NewApiKey = components['schemas']['NewApiKeyOut'];

/** In the order in which they are explained. */
export const NOUNS = [
  'contacts',
  'documents',
  'portal',
  'crm',
  'files',
  'notifications',
  'organization',
  'operations',
] as const;
export type Noun = (typeof NOUNS)[number];

/** How long a key may last, in days; `never` until it is deleted. */
export const LIFETIMES = ['30', '90', '365', 'never'] as const;
export type Lifetime = (typeof LIFETIMES)[number];

const DAY_MS = 24 * 60 * 60 * 1000;

export const apiKeysQuery = infiniteQueryOptions({
  queryKey: keys.apiKeys,
  queryFn: ({ pageParam }) =>
    dataOf(api.GET('/api/v1/api-keys', { params: { query: { limit: 50, cursor: pageParam } } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

export function useApiKeyChanges() {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: keys.apiKeys });
  return {
    create: useMutation({
      mutationFn: ({ name, scopes, lifetime }: { name: string; scopes: string[]; lifetime: Lifetime }) =>
        dataOf(api.POST('/api/v1/api-keys', { body: { name, scopes, expires_at: endOf(lifetime) } })),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (id: string) =>
        done(api.DELETE('/api/v1/api-keys/{key_id}', { params: { path: { key_id: id } } })),
      onSuccess,
    }),
  };
}

function endOf(lifetime: Lifetime): string | null {
  return lifetime === 'never' ? null : new Date(Date.now() + Number(lifetime) * DAY_MS).toISOString();
}
