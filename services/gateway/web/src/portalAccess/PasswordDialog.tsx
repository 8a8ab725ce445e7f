import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTexts } from '@/app/texts';
import { usePanelFrame } from '@/panel/PanelContext';
import { FormDialog } from '@/ui/FormDialog';
import { tell } from '@/ui/notices';
import { useSubmitProblems } from '@/ui/useSubmitProblems';
import { generatePassword, usePortalAccess } from './portalAccess';

/** Shown as it is typed: whoever sets it has to tell it to the client. */
export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const texts = useTexts();
  const { contactId } = usePanelFrame();
  const { setPassword } = usePortalAccess(contactId);
  const form = useForm({ initialValues: { password: '' } });
  const onError = useSubmitProblems(form);
  const saved = () => {
    tell(texts.portal.passwordSaved);
    onClose();
  };
  return (
    <FormDialog
      title={texts.portal.setPassword}
      busy={setPassword.isPending}
      onClose={onClose}
      form={form}
      onSubmit={form.onSubmit(({ password }) => {
        setPassword.mutateAsync(password).then(saved, onError);
      })}
    >
      <TextInput
        label={texts.portal.password}
        description={texts.portal.passwordHint}
        autoComplete="off"
        data-autofocus
        {...form.getInputProps('password')}
      />
      <Button
        variant="subtle"
        size="compact-sm"
        style={{ alignSelf: 'flex-start' }}
        onClick={() => form.setFieldValue('password', generatePassword())}
      >
        {texts.portal.generate}
      </Button>
    </FormDialog>
  );
}
