import { Alert, Button, Group, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { useTexts } from '@/app/texts';
import { RecoveredNote } from '@/drafts/RecoveredNote';
import { useKeptForm } from '@/drafts/useKeptForm';
import { Form } from '@/ui/Form';
import { useSubmitProblems } from '@/ui/useSubmitProblems';
import { Markdown } from './Markdown';
import classes from './NotesTab.module.css';

type Props = {
  /** What it is kept under until it is saved. */
  draft: string;
  initial?: string;
  busy: boolean;
  /** What somebody else made of the note meanwhile. */
  theirs?: string;
  /** Answers whether it is saved; rejects with what went wrong. */
  onSave: (body: string) => Promise<boolean>;
  onClose: () => void;
};

export function NoteEditor({ draft, initial = '', busy, theirs, onSave, onClose }: Props) {
  const { notes: texts, actions } = useTexts();
  const form = useForm({ initialValues: { body: initial } });
  const kept = useKeptForm(form, draft);
  const onError = useSubmitProblems(form);
  const { body } = form.values;
  const setBody = (next: string) => form.setFieldValue('body', next);
  const submit = () => {
    onSave(body.trim()).then((saved) => {
      if (saved) kept.clear();
    }, onError);
  };
  const [view, setView] = useState<'write' | 'preview'>('write');
  return (
    <Form form={form} className={classes.editor} onSubmit={form.onSubmit(submit)}>
      <Stack gap="sm">
        <RecoveredNote kept={kept} />
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
            {...form.getInputProps('body')}
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
          <Button
            variant="default"
            size="xs"
            onClick={() => {
              kept.discard();
              onClose();
            }}
          >
            {actions.cancel}
          </Button>
          <Button type="submit" size="xs" loading={busy} disabled={!body.trim()}>
            {actions.save}
          </Button>
        </Group>
      </Stack>
    </Form>
  );
}
