import { Button, Group, Skeleton, Stack } from '@mantine/core';
import { IconNote, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTexts } from '@/app/texts';
import { useWasOpen } from '@/drafts/DraftOwner';
import { usePanelFrame } from '@/panel/PanelContext';
import { EmptyState } from '@/ui/EmptyState';
import { QueryProblem } from '@/ui/QueryProblem';
import { LoadMore } from '@/ui/LoadMore';
import { NoteCard } from './NoteCard';
import { NoteEditor } from './NoteEditor';
import { noteDraft, noteListQuery, useNotes } from './notes';

export function NotesTab() {
  const texts = useTexts();
  const { contactId } = usePanelFrame();
  const { create } = useNotes(contactId);
  const draft = noteDraft(contactId);
  const [adding, setAdding] = useState(useWasOpen(draft));
  return (
    <Stack p={{ base: 'md', sm: 'lg' }} gap="md">
      {adding ? (
        <NoteEditor
          draft={draft}
          busy={create.isPending}
          onSave={async (body) => {
            await create.mutateAsync(body);
            setAdding(false);
            return true;
          }}
          onClose={() => setAdding(false)}
        />
      ) : (
        <Group justify="flex-end">
          <Button size="sm" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            {texts.notes.add}
          </Button>
        </Group>
      )}
      <NoteList adding={adding} />
    </Stack>
  );
}

function NoteList({ adding }: { adding: boolean }) {
  const { notes: texts, actions } = useTexts();
  const { contactId } = usePanelFrame();
  const found = useInfiniteQuery(noteListQuery(contactId));
  if (found.isPending) return <Skeleton height={140} />;
  if (found.isError) return <QueryProblem error={found.error} onRetry={() => void found.refetch()} />;
  const notes = found.data.pages.flatMap((page) => page.items);
  if (notes.length === 0) {
    return adding ? null : <EmptyState icon={IconNote} title={texts.none} hint={texts.noneHint} />;
  }
  return (
    <>
      {notes.map((note) => (
        <NoteCard key={note.id} note={note} />
      ))}
      <LoadMore of={found}>{actions.loadMore}</LoadMore>
    </>
  );
}
