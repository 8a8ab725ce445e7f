import { Alert, Anchor, Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { isUnauthenticated } from '@/api/problem';
import { problemText } from '@/ui/problemText';
import { logIn } from './client';
import { useTexts } from './texts';
import classes from './PortalShell.module.css';

export function LoginPage() {
  const texts = useTexts();
  const { org } = useSearch({ from: '/login' });
  const [helping, help] = useDisclosure();
  const form = useForm({ initialValues: { email: '', password: '' } });
  const attempt = useMutation({
    mutationFn: () => logIn(form.values.email.trim(), form.values.password, org),
    // A new page: nothing of who was here before stays in it, and the company's colour is there at once.
    onSuccess: () => window.location.assign('/portal'),
  });
  return (
    <main className={classes.login}>
      <Paper className={classes.loginCard} withBorder>
        <Title order={1} fz={22}>
          {texts.portal.signIn}
        </Title>
        <Text size="sm" c="dimmed" mt={6} mb="xl">
          {texts.portal.signInHint}
        </Text>
        <form onSubmit={form.onSubmit(() => attempt.mutate())}>
          <Stack gap="md">
            {attempt.isError && (
              <Alert color="red" variant="light" role="alert">
                {isUnauthenticated(attempt.error) ? texts.login.wrong : problemText(attempt.error, texts)}
              </Alert>
            )}
            <TextInput
              label={texts.login.email}
              type="email"
              autoComplete="username"
              required
              autoFocus
              {...form.getInputProps('email')}
            />
            <PasswordInput
              label={texts.login.password}
              autoComplete="current-password"
              required
              {...form.getInputProps('password')}
            />
            <Button type="submit" mt="xs" loading={attempt.isPending} fullWidth>
              {texts.actions.logIn}
            </Button>
            <Anchor component="button" type="button" size="sm" onClick={help.toggle} aria-expanded={helping}>
              {texts.portal.forgotten}
            </Anchor>
            {helping && (
              <Text size="sm" c="dimmed">
                {texts.portal.forgottenHint}
              </Text>
            )}
          </Stack>
        </form>
      </Paper>
    </main>
  );
}
