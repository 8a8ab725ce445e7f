import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { keys } from '@/api/keys';

/** Events often come in threes (document, totals, portal): one refresh for all. */
const GATHER_MS = 150;

/** Keeps all that is shown of a contact fresh while it is open: whoever changes it, it is seen here without a reload. */
export function useLiveContact(contactId: string): void {
  const client = useQueryClient();
  useEffect(() => {
    const source = new EventSource(`/api/v1/stream?contact_id=${encodeURIComponent(contactId)}`);
    let gathering: ReturnType<typeof setTimeout> | undefined;
    let openedBefore = false;
    const refresh = () => {
      clearTimeout(gathering);
      gathering = setTimeout(() => {
        void client.invalidateQueries({ queryKey: keys.contact(contactId) });
        void client.invalidateQueries({ queryKey: keys.contacts, refetchType: 'none' });
      }, GATHER_MS);
    };
    source.onmessage = (event: MessageEvent<string>) => {
      const { type } = JSON.parse(event.data) as { type: string };
      // Whichever it is about: those that it came from and became name it.
      if (type.startsWith('ficha.documents.')) void client.invalidateQueries({ queryKey: keys.anyDocument });
      refresh();
    };
    source.addEventListener('resync', refresh);
    // What happened while the connection was away is not repeated.
    source.onopen = () => {
      if (openedBefore) refresh();
      openedBefore = true;
    };
    return () => {
      clearTimeout(gathering);
      source.close();
    };
  }, [client, contactId]);
}
