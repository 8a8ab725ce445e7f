import { Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { Opportunity } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useKeptForm } from '@/drafts/useKeptForm';
import { FormDialog } from '@/ui/FormDialog';
import { tellUndoable } from '@/ui/notices';
import { useAttempt } from '@/ui/useAttempt';
import { useSubmitProblems } from '@/ui/useSubmitProblems';
import { useOpportunities } from './opportunities';

export function LoseDialog({ opportunity, onClose }: { opportunity: Opportunity; onClose: () => void }) {
  const texts = useTexts();
  const { lose, reopen } = useOpportunities(opportunity.contact_id);
  const form = useForm({
    initialValues: { reason: '' },
    validate: { reason: (reason) => (reason.trim() ? null : texts.fields.missing) },
  });
  const kept = useKeptForm(form, `lose:${opportunity.id}`);
  const onError = useSubmitProblems(form);
  const attempt = useAttempt();
  const takeBack = () => attempt(reopen.mutateAsync(opportunity));
  const submit = ({ reason }: { reason: string }) => {
    const saved = () => {
      kept.clear();
      tellUndoable(texts.opportunities.lost(opportunity.title), texts.actions.undo, takeBack);
      onClose();
    };
    lose.mutateAsync({ opportunity, reason: reason.trim() }).then(saved, onError);
  };
  return (
    <FormDialog
      title={texts.opportunities.loseTitle}
      busy={lose.isPending}
      form={form}
      kept={kept}
      onClose={onClose}
      onSubmit={form.onSubmit(submit)}
    >
      <Textarea
        label={texts.opportunities.reason}
        required
        autosize
        minRows={2}
        data-autofocus
        {...form.getInputProps('reason')}
      />
    </FormDialog>
  );
}
