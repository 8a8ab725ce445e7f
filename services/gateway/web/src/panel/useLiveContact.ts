import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { keys } from '@/api/keys';
import { openLiveStream } from '@/api/liveStream';

/** Events often come in threes (document, totals, portal): one refresh for all. */
const GATHER_MS = 150;

/** Keeps all that is shown of a contact fresh while it is open: whoever changes it, it is seen here without a reload. */
export function useLiveContact(contactId: string): void {
  const client = useQueryClient();
  useEffect(() => {
    let gathering: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      clearTimeout(gathering);
      gathering = setTimeout(() => {
        void client.invalidateQueries({ queryKey: keys.contact(contactId) });
        void client.invalidateQueries({ queryKey: keys.contacts, refetchType: 'none' });
      }, GATHER_MS);
    };
    const close = openLiveStream(`/api/v1/stream?contact_id=${encodeURIComponent(contactId)}`, {
      onEvent: (data) => {
        const { type, subject } = JSON.parse(data) as { type: string; subject: string };
        if (type.startsWith('ficha.documents.document.')) {
          void client.invalidateQueries({ queryKey: keys.document(subject) });
        }
        refresh();
      },
      onMissed: refresh,
    });
    return () => {
      clearTimeout(gathering);
      close();
    };
  }, [client, contactId]);
}
