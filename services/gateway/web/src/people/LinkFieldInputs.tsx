import { Checkbox, Stack, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTexts } from '@/app/texts';

export type LinkValues = { job_title: string; is_primary: boolean; send_copies: boolean };

/** What a link says beside whom it joins. */
export function LinkFieldInputs<Values extends LinkValues>({ form }: { form: UseFormReturnType<Values> }) {
  const { people: texts } = useTexts();
  return (
    <Stack gap="md">
      <TextInput label={texts.jobTitle} {...form.getInputProps('job_title')} />
      <Checkbox label={texts.primary} {...form.getInputProps('is_primary', { type: 'checkbox' })} />
      <Checkbox
        label={texts.copies}
        description={texts.copiesHint}
        {...form.getInputProps('send_copies', { type: 'checkbox' })}
      />
    </Stack>
  );
}

export function linkFields({ job_title, is_primary, send_copies }: LinkValues) {
  return { job_title: job_title.trim() || null, is_primary, send_copies };
}
