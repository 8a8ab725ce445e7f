import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, done, ifMatch } from '@/api/client';
import { keys } from '@/api/keys';
import type { Note } from '@/api/types';

export function noteListQuery(contactId: string) {
  return infiniteQueryOptions({
    queryKey: keys.notes(contactId),
    queryFn: ({ pageParam, signal }) =>
      dataOf(
        api.GET('/api/v1/notes', {
          params: { query: { contact_id: contactId, limit: 50, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function useNotes(contactId: string) {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: keys.contact(contactId) });
  const at = ({ id }: Note) => ({ params: { path: { note_id: id } } });
  return {
    create: useMutation({
      mutationFn: (body: string) =>
        dataOf(api.POST('/api/v1/notes', { body: { contact_id: contactId, body } })),
      onSettled,
    }),
    update: useMutation({
      mutationFn: ({ note, changes }: { note: Note; changes: { body?: string; pinned?: boolean } }) =>
        dataOf(
          api.PATCH('/api/v1/notes/{note_id}', {
            params: { path: { note_id: note.id }, header: ifMatch(note.version) },
            body: changes,
          }),
        ),
      onSettled,
    }),
    remove: useMutation({
      mutationFn: (note: Note) => done(api.DELETE('/api/v1/notes/{note_id}', at(note))),
      onSettled,
    }),
    restore: useMutation({
      mutationFn: (note: Note) => dataOf(api.POST('/api/v1/notes/{note_id}/restore', at(note))),
      onSettled,
    }),
  };
}
