import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { isUnauthenticated } from '@/api/problem';
import { useWords } from '@/i18n/words';
import { problemText } from './problemText';

type Props<Session> = {
  /** Who is expected. */
  email?: string;
  logIn: (email: string, password: string) => Promise<Session>;
  onDone: (session: Session) => void;
  children?: ReactNode;
};

/** E-mail and password; below the button, what else can be done. */
export function LoginForm<Session>({ email = '', logIn, onDone, children }: Props<Session>) {
  const words = useWords();
  const form = useForm({ initialValues: { email, password: '' } });
  const attempt = useMutation({
    mutationFn: () => logIn(form.values.email.trim(), form.values.password),
    onSuccess: onDone,
  });
  return (
    <form onSubmit={form.onSubmit(() => attempt.mutate())}>
      <Stack gap="md">
        {attempt.isError && (
          <Alert color="red" variant="light" role="alert">
            {isUnauthenticated(attempt.error) ? words.login.wrong : problemText(attempt.error, words)}
          </Alert>
        )}
        <TextInput
          label={words.login.email}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          autoFocus={!email}
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label={words.login.password}
          autoComplete="current-password"
          required
          withAsterisk={false}
          autoFocus={Boolean(email)}
          {...form.getInputProps('password')}
        />
        <Button type="submit" mt="xs" loading={attempt.isPending} fullWidth>
          {words.actions.logIn}
        </Button>
        {children}
      </Stack>
    </form>
  );
}
