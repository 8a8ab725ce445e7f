import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '@/api/client';
import { keys } from '@/api/keys';
import type { Panel } from '@/api/types';
import { yearOf } from '@/i18n/day';
import { useToday } from '@/session/session';

export const TABS = ['summary', 'sales', 'purchases', 'files', 'notes', 'activity'] as const;
export type Tab = (typeof TABS)[number];

export type PanelSearch = { tab?: Tab; year?: number };

export function readPanelSearch(search: Record<string, unknown>): PanelSearch {
  const year = Number(search.year);
  return {
    tab: TABS.find((tab) => tab === search.tab && tab !== 'summary'),
    year: Number.isInteger(year) && year >= 1990 && year <= 2100 ? year : undefined,
  };
}

const MISSING_RETRY_MS = 5_000;

function isIncomplete({ sections }: Panel): boolean {
  return Object.values(sections).some(({ status, reason }) => status !== 'ready' && reason !== 'forbidden');
}

export function usePresentYear(): number {
  return yearOf(useToday());
}

/** Of a `year`, or of the present one: which that is the server knows before the page does. */
export function panelQuery(id: string, year?: number) {
  return queryOptions({
    queryKey: keys.panel(id, year),
    queryFn: async ({ signal }) => {
      const panel = await dataOf(
        api.GET('/api/v1/contacts/{contact_id}/panel', {
          params: { path: { contact_id: id }, query: { year } },
          signal,
        }),
      );
      return { ...panel, contact: 'name' in panel.contact ? panel.contact : undefined };
    },
    // A service that was away is asked again by itself.
    refetchInterval: ({ state }) => (state.data && isIncomplete(state.data) ? MISSING_RETRY_MS : false),
    placeholderData: keepPreviousData,
  });
}
