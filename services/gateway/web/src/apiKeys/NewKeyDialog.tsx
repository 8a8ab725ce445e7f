import { Checkbox, Group, Input, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTexts } from '@/app/texts';
import { FormDialog } from '@/ui/FormDialog';
import { useSubmitProblems } from '@/ui/useSubmitProblems';
import { LIFETIMES, NOUNS, useApiKeyChanges, type Lifetime, type NewApiKey } from './apiKeys';
import classes from './ApiKeysPage.module.css';

type Props = { onClose: () => void; onMade: (key: NewApiKey) => void };

/** What the key may do is explained where it is chosen. */
export function NewKeyDialog({ onClose, onMade }: Props) {
  const texts = useTexts();
  const { apiKeys } = texts;
  const { create } = useApiKeyChanges();
  const form = useForm({
    initialValues: { name: '', scopes: [] as string[], lifetime: '365' as Lifetime },
    validate: {
      name: (name) => (name.trim() ? null : texts.fields.missing),
      scopes: (scopes) => (scopes.length > 0 ? null : apiKeys.scopesMissing),
    },
  });
  const onError = useSubmitProblems(form, (field) => {
    if (field.startsWith('scopes')) return 'scopes';
    return field === 'expires_at' ? 'lifetime' : field;
  });
  return (
    <FormDialog
      title={apiKeys.add}
      submit={apiKeys.make}
      size="lg"
      busy={create.isPending}
      form={form}
      onClose={onClose}
      onSubmit={form.onSubmit((values) => {
        create.mutateAsync(values).then(onMade, onError);
      })}
    >
      <TextInput
        label={apiKeys.name}
        description={apiKeys.nameHint}
        required
        data-autofocus
        {...form.getInputProps('name')}
      />
      <Checkbox.Group
        label={apiKeys.scopes}
        description={apiKeys.scopesHint}
        {...form.getInputProps('scopes')}
      >
        <ul className={classes.scopes}>
          {NOUNS.map((noun) => (
            <li key={noun}>
              <Input.Label component="div">{apiKeys.nouns[noun].name}</Input.Label>
              <Group gap="lg" my={4}>
                <Checkbox
                  value={`${noun}:read`}
                  label={apiKeys.read}
                  aria-label={`${apiKeys.nouns[noun].name}: ${apiKeys.read}`}
                />
                <Checkbox
                  value={`${noun}:write`}
                  label={apiKeys.write}
                  aria-label={`${apiKeys.nouns[noun].name}: ${apiKeys.write}`}
                />
              </Group>
              <Text fz={12.5} c="dimmed">
                {apiKeys.nouns[noun].hint}
              </Text>
            </li>
          ))}
          <li>
            <Stack gap={4}>
              <Input.Label component="div">{apiKeys.users}</Input.Label>
              <Checkbox
                value="users:read"
                label={apiKeys.read}
                aria-label={`${apiKeys.users}: ${apiKeys.read}`}
              />
              <Text fz={12.5} c="dimmed">
                {apiKeys.usersHint}
              </Text>
            </Stack>
          </li>
        </ul>
      </Checkbox.Group>
      <Select
        label={apiKeys.lifetime}
        description={apiKeys.lifetimeHint}
        allowDeselect={false}
        data={LIFETIMES.map((days) => ({ value: days, label: apiKeys.lifetimes[days] }))}
        {...form.getInputProps('lifetime')}
      />
    </FormDialog>
  );
}
