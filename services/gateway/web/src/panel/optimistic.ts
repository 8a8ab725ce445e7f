import type { InfiniteData, QueryClient, QueryKey } from '@tanstack/react-query';
import { keys } from '@/api/keys';
import type { Panel } from '@/api/types';

type Sections = Panel['sections'];
type DataOf<Name extends keyof Sections> = NonNullable<Sections[Name]['data']>;

/**
 * Shows a change of one section before the server has confirmed it. Answers how to take it back; whatever the
 * server says in the end replaces it anyway.
 */
export async function showAtOnce<Name extends keyof Sections>(
  client: QueryClient,
  contactId: string,
  name: Name,
  change: (data: DataOf<Name>) => DataOf<Name>,
): Promise<() => void> {
  const queryKey = keys.panels(contactId);
  // An answer on its way would bring the old state back for a moment.
  await client.cancelQueries({ queryKey });
  const before = client.getQueriesData<Panel>({ queryKey });
  client.setQueriesData<Panel>({ queryKey }, (panel) => panel && withSection(panel, name, change));
  return () => {
    for (const [key, panel] of before) client.setQueryData(key, panel);
  };
}

/** The same for a list that is fetched page by page. */
export async function showInList<Item>(
  client: QueryClient,
  queryKey: QueryKey,
  change: (items: Item[]) => Item[],
): Promise<() => void> {
  await client.cancelQueries({ queryKey });
  const before = client.getQueryData<InfiniteData<{ items: Item[] }>>(queryKey);
  const pages = before?.pages.map((page) => ({ ...page, items: change(page.items) }));
  if (before && pages) client.setQueryData(queryKey, { ...before, pages });
  return () => client.setQueryData(queryKey, before);
}

/** A mutation's `onError`, where `onMutate` showed the change at once. */
export function takeBackOnError(_error: Error, _sent: unknown, takeBack: (() => void) | undefined): void {
  takeBack?.();
}

function withSection<Name extends keyof Sections>(
  panel: Panel,
  name: Name,
  change: (data: DataOf<Name>) => DataOf<Name>,
): Panel {
  const section = panel.sections[name];
  const data = section.data as DataOf<Name> | null | undefined;
  if (!data) return panel;
  return { ...panel, sections: { ...panel.sections, [name]: { ...section, data: change(data) } } };
}
