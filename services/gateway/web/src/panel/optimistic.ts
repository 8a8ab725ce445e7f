import type { QueryClient } from '@tanstack/react-query';
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
