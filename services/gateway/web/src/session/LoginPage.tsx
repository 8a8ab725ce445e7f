import { Alert, Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { keys } from '@/api/keys';
import { isUnauthenticated } from '@/api/problem';
import { Logo } from '@/app/Logo';
import { useTexts } from '@/app/texts';
import { problemText } from '@/ui/problemText';
import { logIn } from './session';
import classes from './LoginPage.module.css';

export function LoginPage() {
  const texts = useTexts();
  const client = useQueryClient();
  const router = useRouter();
  const { next } = useSearch({ from: '/login' });
  const form = useForm({ initialValues: { email: '', password: '' } });
  const attempt = useMutation({
    mutationFn: () => logIn(form.values.email.trim(), form.values.password),
    onSuccess: (session) => {
      client.setQueryData(keys.session, session);
      router.history.push(next ?? '/contacts');
    },
  });
  return (
    <main className={classes.page}>
      <Paper className={classes.card} withBorder>
        <Stack gap={6} mb="xl">
          <Logo size={28} />
          <Title order={1} fz={22} mt="lg">
            {texts.signIn.title}
          </Title>
          <Text size="sm" c="dimmed">
            {texts.signIn.hint}
          </Text>
        </Stack>
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
          </Stack>
        </form>
      </Paper>
    </main>
  );
}
