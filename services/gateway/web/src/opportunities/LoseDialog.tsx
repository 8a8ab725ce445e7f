import { Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { Opportunity } from '@/api/types';
import { useTexts } from '@/app/texts';
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
  const onError = useSubmitProblems(form);
  const attempt = useAttempt();
  const takeBack = () => attempt(reopen.mutateAsync(opportunity));
  return (
    <FormDialog
      title={texts.opportunities.loseTitle}
      busy={lose.isPending}
      onClose={onClose}
      onSubmit={form.onSubmit(({ reason }) =>
        lose.mutate(
          { opportunity, reason: reason.trim() },
          {
            onSuccess: () => {
              tellUndoable(texts.opportunities.lost(opportunity.title), texts.actions.undo, takeBack);
              onClose();
            },
            onError,
          },
        ),
      )}
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
