import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, done, ifMatch } from '@/api/client';
import { keys } from '@/api/keys';
import { isStale } from '@/api/problem';
import type { Note } from '@/api/types';
import { showInList, takeBackOnError } from '@/panel/optimistic';

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

/** What the editor's text is kept under. */
export function noteDraft(contactId: string, note?: Note): string {
  return `note:${note?.id ?? `new:${contactId}`}`;
}

type NoteUpdate = { note: Note; changes: { body?: string; pinned?: boolean } };

export function useNotes(contactId: string) {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: keys.contact(contactId) });
  const show = (change: (notes: Note[]) => Note[]) => showInList(client, keys.notes(contactId), change);
  const at = ({ id }: Note) => ({ params: { path: { note_id: id } } });
  return {
    create: useMutation({
      mutationFn: (body: string) =>
        dataOf(api.POST('/api/v1/notes', { body: { contact_id: contactId, body } })),
      onSettled,
    }),
    update: useMutation({
      mutationFn: ({ note, changes }: NoteUpdate) =>
        dataOf(
          api.PATCH('/api/v1/notes/{note_id}', {
            params: { path: { note_id: note.id }, header: ifMatch(note.version) },
            body: changes,
          }),
        ),
      onMutate: ({ note, changes }) =>
        show((notes) => notes.map((each) => (each.id === note.id ? { ...each, ...changes } : each))),
      onError: takeBackOnError,
      onSettled,
    }),
    remove: useMutation({
      mutationFn: (note: Note) => done(api.DELETE('/api/v1/notes/{note_id}', at(note))),
      onMutate: ({ id }) => show((notes) => notes.filter((each) => each.id !== id)),
      onError: takeBackOnError,
      onSettled,
    }),
    restore: useMutation({
      mutationFn: (note: Note) => dataOf(api.POST('/api/v1/notes/{note_id}/restore', at(note))),
      onSettled,
    }),
  };
}

/** Saves a note's text on top of the version it was opened with. `theirs` is another text saved meanwhile, if any. */
export function useNoteEdit(note: Note, onSaved: () => void) {
  const { update } = useNotes(note.contact_id);
  const [base, setBase] = useState(note);
  const [theirs, setTheirs] = useState<string>();
  const attempt = async (body: string, onTopOf: Note): Promise<boolean> => {
    try {
      await update.mutateAsync({ note: onTopOf, changes: { body } });
      onSaved();
      return true;
    } catch (error) {
      if (!isStale(error)) throw error;
    }
    const latest = await dataOf(
      api.GET('/api/v1/notes/{note_id}', { params: { path: { note_id: note.id } } }),
    );
    // Only pinned, or just this saved and the answer lost: that is no reason to ask.
    if (latest.body === onTopOf.body || latest.body === body) return attempt(body, latest);
    setBase(latest);
    setTheirs(latest.body);
    return false;
  };
  return { save: (body: string) => attempt(body, base), theirs, isPending: update.isPending };
}
