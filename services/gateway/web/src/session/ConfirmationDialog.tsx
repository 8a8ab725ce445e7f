import { Alert, Button, Group, PasswordInput, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useTexts } from '@/app/texts';
import { Dialog } from '@/ui/Dialog';
import { problemText } from '@/ui/problemText';
import { confirmPassword, useSession } from './session';

/** The password, once more, before what gives rights or moves money. */
export function ConfirmationDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const texts = useTexts();
  const { confirmation, login, actions } = texts;
  const { user } = useSession();
  const form = useForm({ initialValues: { password: '' } });
  const attempt = useMutation({
    mutationFn: () => confirmPassword(form.values.password),
    onSuccess: onDone,
    onError: () => form.setFieldValue('password', ''),
  });
  return (
    <Dialog title={confirmation.title} size="sm" closeOnClickOutside={false} onClose={onClose}>
      <form
        onSubmit={(event) => {
          // The form it is asked for may be around this dialog.
          event.stopPropagation();
          form.onSubmit(() => attempt.mutate())(event);
        }}
      >
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {confirmation.hint}
          </Text>
          {attempt.isError && (
            <Alert color="red" variant="light" role="alert">
              {problemText(attempt.error, texts)}
            </Alert>
          )}
          {/* For password managers: whose password it is. */}
          <input type="email" autoComplete="username" value={user.email} readOnly hidden />
          <PasswordInput
            label={login.password}
            autoComplete="current-password"
            required
            withAsterisk={false}
            data-autofocus
            {...form.getInputProps('password')}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {actions.cancel}
            </Button>
            <Button type="submit" loading={attempt.isPending}>
              {confirmation.confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
