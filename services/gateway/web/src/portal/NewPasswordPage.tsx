import { Alert, Button, Checkbox, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useLocation, useSearch } from '@tanstack/react-router';
import { ApiProblem } from '@/api/problem';
import { ButtonLink } from '@/ui/links';
import { fieldErrors, problemText } from '@/ui/problemText';
import { ClientDoor } from './ClientDoor';
import { enter, redeemReset, resetQuery } from './client';
import { useTexts } from './texts';

/** Where the link in the mail leads. Its secret stands behind the #, which is sent to no server by itself. */
export function NewPasswordPage() {
  const texts = useTexts();
  const { forgotten, account } = texts;
  const { org } = useSearch({ from: '/door/password' });
  const token = useLocation({ select: ({ hash }) => hash });
  const about = useQuery(resetQuery(token));
  const portals = about.data?.contacts ?? [];
  const form = useForm({ initialValues: { password: '', without: [] as string[] } });
  const chosen = portals.map(({ id }) => id).filter((id) => !form.values.without.includes(id));
  const redeeming = useMutation({
    mutationFn: () => redeemReset(token, form.values.password, chosen),
    onSuccess: enter,
    onError: (error) => form.setErrors(fieldErrors(error, texts)),
  });
  if (token === '' || isGone(about.error) || isGone(redeeming.error)) {
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
          {portals.length > 1 && (
            <Checkbox.Group
              label={forgotten.which}
              value={chosen}
              onChange={(value) =>
                form.setFieldValue(
                  'without',
                  portals.map(({ id }) => id).filter((id) => !value.includes(id)),
                )
              }
              error={chosen.length === 0 ? forgotten.whichNone : undefined}
            >
              <Stack gap={8} mt={8}>
                {portals.map(({ id, name }) => (
                  <Checkbox key={id} value={id} label={name} />
                ))}
              </Stack>
            </Checkbox.Group>
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
          <Button
            type="submit"
            mt="xs"
            loading={redeeming.isPending}
            disabled={about.isSuccess && chosen.length === 0}
            fullWidth
          >
            {forgotten.save}
          </Button>
        </Stack>
      </form>
    </ClientDoor>
  );
}

function isGone(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 404;
}
