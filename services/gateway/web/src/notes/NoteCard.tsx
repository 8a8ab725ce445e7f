import { ActionIcon, Badge, Group, Menu, Text } from '@mantine/core';
import { IconDotsVertical, IconPencil, IconPin, IconPinnedOff, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { Note } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useWasOpen } from '@/drafts/DraftOwner';
import { useFormats } from '@/i18n/formats';
import { tellUndoable } from '@/ui/notices';
import { useAttempt } from '@/ui/useAttempt';
import { Markdown } from './Markdown';
import { NoteEditor } from './NoteEditor';
import { noteDraft, useNoteEdit, useNotes } from './notes';
import classes from './NotesTab.module.css';

export function NoteCard({ note }: { note: Note }) {
  const texts = useTexts();
  const { moment } = useFormats();
  const [editing, setEditing] = useState(useWasOpen(noteDraft(note.contact_id, note)));
  if (editing) return <EditedNote note={note} onDone={() => setEditing(false)} />;
  return (
    <article className={classes.note} data-pinned={note.pinned || undefined}>
      <Group justify="space-between" wrap="nowrap" mb={6}>
        <Group gap={8}>
          <Text fz={12.5} c="dimmed">
            {texts.notes.by(note.author_name, moment(note.created_at))}
          </Text>
          {note.pinned && (
            <Badge
              size="sm"
              variant="light"
              tt="none"
              fw={550}
              radius="sm"
              leftSection={<IconPin size={11} />}
            >
              {texts.notes.pinned}
            </Badge>
          )}
        </Group>
        <NoteMenu note={note} onEdit={() => setEditing(true)} />
      </Group>
      <Markdown text={note.body} />
    </article>
  );
}

function EditedNote({ note, onDone }: { note: Note; onDone: () => void }) {
  const { save, theirs, isPending } = useNoteEdit(note, onDone);
  return (
    <NoteEditor
      draft={noteDraft(note.contact_id, note)}
      initial={note.body}
      busy={isPending}
      theirs={theirs}
      onSave={save}
      onClose={onDone}
    />
  );
}

function NoteMenu({ note, onEdit }: { note: Note; onEdit: () => void }) {
  const texts = useTexts();
  const { update, remove, restore } = useNotes(note.contact_id);
  const attempt = useAttempt();
  const discard = () =>
    attempt(remove.mutateAsync(note), () =>
      tellUndoable(texts.notes.removed, texts.actions.undo, () => attempt(restore.mutateAsync(note))),
    );
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={texts.notes.options}>
          <IconDotsVertical size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} />} onClick={onEdit}>
          {texts.actions.edit}
        </Menu.Item>
        <Menu.Item
          leftSection={note.pinned ? <IconPinnedOff size={16} /> : <IconPin size={16} />}
          onClick={() => attempt(update.mutateAsync({ note, changes: { pinned: !note.pinned } }))}
        >
          {note.pinned ? texts.notes.unpin : texts.notes.pin}
        </Menu.Item>
        <Menu.Item leftSection={<IconTrash size={16} />} color="red" onClick={discard}>
          {texts.actions.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
