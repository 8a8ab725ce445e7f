import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '@/api/client';
import { keys } from '@/api/keys';

export function productSearchQuery(q: string) {
  return queryOptions({
    queryKey: keys.products(q),
    queryFn: async ({ signal }) =>
      (
        await dataOf(
          api.GET('/api/v1/products', { params: { query: { q, active: true, limit: 20 } }, signal }),
        )
      ).items,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

/** The taxes in force on a day. */
export function taxesQuery(on: string) {
  return queryOptions({
    queryKey: keys.taxes(on),
    queryFn: async () => (await dataOf(api.GET('/api/v1/taxes', { params: { query: { on } } }))).items,
    placeholderData: keepPreviousData,
    staleTime: 60 * 60_000,
  });
}
