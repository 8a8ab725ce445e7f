import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './problem';

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // A refusal stays one; only what may pass by itself is asked again.
        retry: (failures, error) =>
          failures < 2 && error instanceof ApiProblem && (error.status === 0 || error.status >= 500),
      },
      mutations: {
        // What never arrived, or whose answer never did: it waits until the connection is back (`api/connection.ts`).
        retry: (failures, error) => failures < 3 && error instanceof ApiProblem && error.status === 0,
        retryDelay: 300,
      },
    },
  });
}
