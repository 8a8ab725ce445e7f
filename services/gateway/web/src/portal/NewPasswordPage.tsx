import { Alert, Button, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useLocation, useSearch } from '@tanstack/react-router';
import { ApiProblem } from '@/api/problem';
import { ButtonLink } from '@/ui/links';
import { fieldErrors, problemText } from '@/ui/problemText';
import { ClientDoor } from './ClientDoor';
import { redeemReset } from './client';
import { useTexts } from './texts';

/** Where the link in the mail leads. Its secret stands behind the #, which is sent to no server by itself. */
export function NewPasswordPage() {
  const texts = useTexts();
  const { forgotten, account } = texts;
  const { org } = useSearch({ from: '/door/password' });
  const token = useLocation({ select: ({ hash }) => hash });
  const form = useForm({ initialValues: { password: '' } });
  const redeeming = useMutation({
    mutationFn: () => redeemReset(token, form.values.password),
    onSuccess: () => window.location.assign('/portal'),
    onError: (error) => form.setErrors(fieldErrors(error, texts)),
  });
  const over = token === '' || (redeeming.error instanceof ApiProblem && redeeming.error.status === 404);
  if (over) {
    return (
      <ClientDoor title={forgotten.over} hint={forgotten.overHint}>
        <ButtonLink to="/forgotten" search={{ org }} fullWidth>
          {forgotten.again}
        </ButtonLink>
      </ClientDoor>
    );
  }
  return (
    <ClientDoor title={forgotten.choose} hint={forgotten.chooseHint}>
      <form onSubmit={form.onSubmit(() => redeeming.mutate())}>
        <Stack gap="md">
          {redeeming.isError && !form.errors.password && (
            <Alert color="red" variant="light" role="alert">
              {problemText(redeeming.error, texts)}
            </Alert>
          )}
          <PasswordInput
            label={account.next}
            description={account.hint}
            autoComplete="new-password"
            required
            withAsterisk={false}
            autoFocus
            {...form.getInputProps('password')}
          />
          <Button type="submit" mt="xs" loading={redeeming.isPending} fullWidth>
            {forgotten.save}
          </Button>
        </Stack>
      </form>
    </ClientDoor>
  );
}
