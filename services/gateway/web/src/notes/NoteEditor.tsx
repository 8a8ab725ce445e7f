import { Alert, Button, Group, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { useTexts } from '@/app/texts';
import { Markdown } from './Markdown';
import classes from './NotesTab.module.css';

type Props = {
  initial?: string;
  busy: boolean;
  error?: string;
  /** What somebody else made of the note meanwhile. */
  theirs?: string;
  onSave: (body: string) => void;
  onCancel: () => void;
};

export function NoteEditor({ initial = '', busy, error, theirs, onSave, onCancel }: Props) {
  const { notes: texts, actions } = useTexts();
  const [body, setBody] = useState(initial);
  const [view, setView] = useState<'write' | 'preview'>('write');
  return (
    <Stack
      component="form"
      gap="sm"
      className={classes.editor}
      onSubmit={(event) => {
        event.preventDefault();
        onSave(body.trim());
      }}
    >
      {theirs !== undefined && (
        <Alert color="yellow" variant="light" role="alert" icon={<IconUsers />} title={texts.conflict}>
          <Stack gap="sm">
            <Text size="sm">{texts.conflictHint}</Text>
            <div className={classes.theirs}>
              <Markdown text={theirs} />
            </div>
            <Group gap="sm">
              <Button size="xs" variant="default" onClick={() => setBody(theirs)}>
                {texts.takeTheirs}
              </Button>
              <Button size="xs" variant="default" onClick={() => setBody(`${body.trim()}\n\n${theirs}`)}>
                {texts.join}
              </Button>
            </Group>
          </Stack>
        </Alert>
      )}
      <SegmentedControl
        size="xs"
        style={{ alignSelf: 'flex-start' }}
        value={view}
        onChange={setView}
        data={[
          { value: 'write', label: texts.write },
          { value: 'preview', label: texts.preview },
        ]}
      />
      {view === 'write' ? (
        <Textarea
          aria-label={texts.body}
          placeholder={texts.placeholder}
          autosize
          minRows={5}
          maxRows={20}
          autoFocus
          value={body}
          error={error}
          onChange={(event) => setBody(event.currentTarget.value)}
        />
      ) : (
        <div className={classes.preview}>
          {body.trim() ? (
            <Markdown text={body} />
          ) : (
            <Text c="dimmed" size="sm">
              {texts.nothing}
            </Text>
          )}
        </div>
      )}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" size="xs" onClick={onCancel}>
          {actions.cancel}
        </Button>
        <Button type="submit" size="xs" loading={busy} disabled={!body.trim()}>
          {actions.save}
        </Button>
      </Group>
    </Stack>
  );
}
