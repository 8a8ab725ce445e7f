import { PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { hasCode } from '@/api/problem';
import { useTexts } from '@/app/texts';
import { FormDialog } from '@/ui/FormDialog';
import { tell } from '@/ui/notices';
import { PasswordHint } from '@/ui/PasswordHint';
import { useSubmitProblems } from '@/ui/useSubmitProblems';
import { changePassword, checkNewPassword } from './session';

/** One's own. It ends every other session. */
export function ChangePasswordDialog({ onClose }: { onClose: () => void }) {
  const { ownPassword, refusals } = useTexts();
  const form = useForm({ initialValues: { current_password: '', new_password: '' } });
  const onError = useSubmitProblems(form);
  const change = useMutation({
    mutationFn: () => changePassword(form.values.current_password, form.values.new_password),
    onSuccess: () => {
      tell(ownPassword.changed);
      onClose();
    },
    onError: (error) => {
      const wrong = 'gateway.wrong_password';
      if (hasCode(error, wrong)) form.setErrors({ current_password: refusals.problems[wrong] });
      else onError(error);
    },
  });
  return (
    <FormDialog
      title={ownPassword.title}
      busy={change.isPending}
      form={form}
      onClose={onClose}
      onSubmit={form.onSubmit(() => change.mutate())}
    >
      <PasswordInput
        label={ownPassword.current}
        autoComplete="current-password"
        data-autofocus
        {...form.getInputProps('current_password')}
      />
      <div>
        <PasswordInput
          label={ownPassword.next}
          description={ownPassword.hint}
          autoComplete="new-password"
          {...form.getInputProps('new_password')}
        />
        <PasswordHint password={form.values.new_password} check={checkNewPassword} />
      </div>
    </FormDialog>
  );
}
