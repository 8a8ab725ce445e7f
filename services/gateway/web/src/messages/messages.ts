import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, ifMatch } from '@/api/client';
import { keys } from '@/api/keys';
import type { Message } from '@/api/types';

/** Mails sent to a contact, or only those with one of its documents; newest first. */
export function messageListQuery(contactId: string, documentId?: string) {
  return infiniteQueryOptions({
    queryKey: keys.messageList(contactId, documentId),
    queryFn: ({ pageParam, signal }) =>
      dataOf(
        api.GET('/api/v1/messages', {
          params: {
            query: { contact_id: contactId, document_id: documentId, limit: 20, cursor: pageParam },
          },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function useResend(contactId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version }: Message) =>
      dataOf(
        api.POST('/api/v1/messages/{message_id}/resend', {
          params: { path: { message_id: id }, header: ifMatch(version) },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: keys.messages(contactId) }),
  });
}
