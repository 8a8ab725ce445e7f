import { Alert, Button, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconMailCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { AnchorLink } from '@/ui/links';
import { problemText } from '@/ui/problemText';
import { ClientDoor } from './ClientDoor';
import { askForReset } from './client';
import { useTexts } from './texts';

export function ForgottenPage() {
  const texts = useTexts();
  const { forgotten } = texts;
  const { org } = useSearch({ from: '/door/forgotten' });
  const form = useForm({ initialValues: { email: '' } });
  const asking = useMutation({ mutationFn: () => askForReset(form.values.email.trim(), org) });
  return (
    <ClientDoor title={forgotten.title} hint={asking.isSuccess ? undefined : forgotten.hint}>
      <Stack gap="md">
        {asking.isSuccess ? (
          <Alert color="green" variant="light" role="status" icon={<IconMailCheck />} title={forgotten.sent}>
            {forgotten.sentTo(form.values.email.trim())}
            <Text size="sm" mt="xs">
              {forgotten.sentHint}
            </Text>
          </Alert>
        ) : (
          <form onSubmit={form.onSubmit(() => asking.mutate())}>
            <Stack gap="md">
              {asking.isError && (
                <Alert color="red" variant="light" role="alert">
                  {problemText(asking.error, texts)}
                </Alert>
              )}
              <TextInput
                label={texts.login.email}
                type="email"
                autoComplete="username"
                required
                withAsterisk={false}
                autoFocus
                {...form.getInputProps('email')}
              />
              <Button type="submit" mt="xs" loading={asking.isPending} fullWidth>
                {forgotten.send}
              </Button>
            </Stack>
          </form>
        )}
        <AnchorLink to="/login" search={{ org }} size="sm" ta="center">
          {forgotten.back}
        </AnchorLink>
      </Stack>
    </ClientDoor>
  );
}
