import { Alert, Button, Group, Select, Text, Textarea, TextInput } from '@mantine/core';
import { getHotkeyHandler } from '@mantine/hooks';
import { IconCheck, IconFileTypePdf, IconTrash, IconUsers } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Document } from '@/api/types';
import { useTexts } from '@/app/texts';
import { RecoveredNote } from '@/drafts/RecoveredNote';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { DayField } from '@/ui/dates/DayField';
import { focusFirstProblem } from '@/ui/focusFirstProblem';
import { tell, tellProblem } from '@/ui/notices';
import { fieldErrors, problemText } from '@/ui/problemText';
import { useAttempt } from '@/ui/useAttempt';
import { CorrectedSelect } from './CorrectedSelect';
import { DocumentFrame } from './DocumentPage';
import { useDocumentSteps, useRemoveDraft } from './documents';
import { draftOf } from './draft';
import { DraftDifferences } from './DraftDifferences';
import { CORRECTS, PAYMENT_METHODS } from './kinds';
import { Lines } from './Lines';
import { PdfDialog } from './PdfDialog';
import { useDraft } from './useDraft';
import classes from './DraftEditor.module.css';
import pageClasses from './DocumentPage.module.css';

type Editing = ReturnType<typeof useDraft>;

export function DraftEditor({ document }: { document: Document }) {
  const { editor: texts } = useTexts();
  const editing = useDraft(document);
  const saveAtOnce = getHotkeyHandler([['mod+Enter', () => void editing.flush()]]);
  return (
    <DocumentFrame
      document={document}
      note={<SaveNote editing={editing} />}
      actions={<DraftActions document={document} editing={editing} />}
    >
      {editing.since && (
        <div className={classes.notice}>
          <RecoveredNote kept={{ since: editing.since, discard: editing.discard }} />
        </div>
      )}
      {editing.state === 'conflict' && <DraftConflict editing={editing} />}
      <div className={pageClasses.sheet} onKeyDown={saveAtOnce}>
        <Head document={document} editing={editing} />
        <Lines document={document} editing={editing} />
        <Textarea
          label={texts.notes}
          autosize
          minRows={2}
          mt="lg"
          value={editing.draft.notes}
          onChange={(event) => editing.change({ notes: event.currentTarget.value })}
        />
      </div>
    </DocumentFrame>
  );
}

function SaveNote({ editing: { state, error } }: { editing: Editing }) {
  const texts = useTexts();
  if (state === 'saving' || state === 'waiting') return texts.editor.saving;
  if (state === 'saved') return texts.editor.saved;
  if (state === 'invalid') return `${texts.editor.unsaved}. ${texts.problems.invalid}`;
  return state === 'failed' ? `${texts.editor.unsaved}. ${problemText(error, texts)}` : texts.editor.unsaved;
}

function Head({ document, editing: { draft, error, change } }: { document: Document; editing: Editing }) {
  const texts = useTexts();
  const errors = fieldErrors(error, texts);
  const correctable = CORRECTS[document.type];
  return (
    <div className={pageClasses.facts}>
      {correctable && (
        <CorrectedSelect
          document={document}
          types={correctable}
          value={draft.corrects_id}
          error={errors.corrects_id}
          onChange={(corrects_id) => change({ corrects_id }, { atOnce: true })}
        />
      )}
      <DayField
        label={texts.editor.issueDate}
        value={draft.issue_date}
        error={draft.issue_date ? errors.issue_date : texts.fields.missing}
        onChange={(issue_date) => change({ issue_date }, { atOnce: true })}
      />
      <DayField
        label={texts.editor.dueDate}
        value={draft.due_date}
        error={errors.due_date}
        onChange={(due_date) => change({ due_date }, { atOnce: true })}
      />
      <Select
        label={texts.editor.paymentMethod}
        clearable
        clearButtonProps={{ 'aria-label': texts.actions.clear }}
        data={PAYMENT_METHODS.map((method) => ({ value: method, label: texts.editor.methods[method] }))}
        value={draft.payment_method}
        error={errors.payment_method}
        onChange={(payment_method) => change({ payment_method }, { atOnce: true })}
      />
      {document.side === 'purchases' && (
        <TextInput
          label={texts.editor.supplierNumber}
          value={draft.supplier_number}
          error={errors.supplier_number}
          onChange={(event) => change({ supplier_number: event.currentTarget.value })}
        />
      )}
    </div>
  );
}

function DraftActions({ document, editing }: { document: Document; editing: Editing }) {
  const texts = useTexts();
  const { approve } = useDocumentSteps(document.id);
  const [dialog, setDialog] = useState<'approve' | 'pdf' | 'remove'>();
  const close = () => setDialog(undefined);
  const afterSaving = async (next: 'approve' | 'pdf') => {
    if (await editing.flush()) setDialog(next);
    else {
      tellProblem(editing.error ? problemText(editing.error, texts) : texts.problems.invalid);
      focusFirstProblem(globalThis.document.querySelector('main'));
    }
  };
  const attempt = useAttempt();
  const confirm = () => {
    close();
    attempt(approve.mutateAsync(), ({ number }) => tell(texts.editor.approved(number ?? '')));
  };
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        leftSection={<IconTrash size={16} aria-hidden />}
        onClick={() => setDialog('remove')}
      >
        {texts.actions.remove}
      </Button>
      <Button
        variant="default"
        leftSection={<IconFileTypePdf size={17} aria-hidden />}
        onClick={() => void afterSaving('pdf')}
      >
        PDF
      </Button>
      <Button
        leftSection={<IconCheck size={17} aria-hidden />}
        loading={approve.isPending}
        onClick={() => void afterSaving('approve')}
      >
        {texts.editor.approve}
      </Button>
      <ConfirmDialog
        opened={dialog === 'approve'}
        title={texts.editor.approveAsk}
        confirm={texts.editor.approve}
        onConfirm={confirm}
        onClose={close}
      >
        {texts.editor.approveHint}
      </ConfirmDialog>
      {dialog === 'pdf' && <PdfDialog document={document} onClose={close} />}
      <RemoveDraftDialog opened={dialog === 'remove'} document={document} onClose={close} />
    </>
  );
}

type RemoveProps = { opened: boolean; document: Document; onClose: () => void };

function RemoveDraftDialog({ opened, document, onClose }: RemoveProps) {
  const texts = useTexts();
  const navigate = useNavigate();
  const remove = useRemoveDraft();
  const attempt = useAttempt();
  const confirm = () =>
    attempt(remove.mutateAsync(document), () => {
      tell(texts.editor.deleted);
      // No way back to what is not there any more.
      void navigate({
        to: '/contacts/$contactId',
        params: { contactId: document.contact_id },
        replace: true,
      });
    });
  return (
    <ConfirmDialog
      opened={opened}
      title={texts.editor.deleteAsk}
      confirm={texts.actions.remove}
      danger
      busy={remove.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      {texts.editor.deleteHint}
    </ConfirmDialog>
  );
}

function DraftConflict({ editing }: { editing: Editing }) {
  const { editor: texts } = useTexts();
  return (
    <Alert color="yellow" variant="light" role="alert" mb="md" icon={<IconUsers />} title={texts.conflict}>
      <Text size="sm">{texts.conflictHint}</Text>
      {editing.theirs && <DraftDifferences mine={editing.draft} theirs={draftOf(editing.theirs)} />}
      <Group gap="sm" mt="sm">
        <Button size="xs" variant="default" onClick={() => void editing.takeTheirs()}>
          {texts.takeTheirs}
        </Button>
        <Button size="xs" onClick={() => void editing.keepMine()}>
          {texts.keepMine}
        </Button>
      </Group>
    </Alert>
  );
}
