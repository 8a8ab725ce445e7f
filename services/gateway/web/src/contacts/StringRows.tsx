import { ActionIcon, Button, Group, Input, Stack, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTexts } from '@/app/texts';
import type { ContactValues } from './contactValues';

type Props = {
  label: string;
  hint: string;
  add: string;
  type: 'email' | 'tel';
  path: 'emails' | 'phones';
  form: UseFormReturnType<ContactValues>;
};

/** Several of the same, one below the other. */
export function StringRows({ label, hint, add, type, path, form }: Props) {
  const { contactForm } = useTexts();
  const rows = form.values[path];
  return (
    <Input.Wrapper label={label} description={hint} labelElement="div">
      <Stack gap={8} mt={4} align="stretch">
        {rows.map((_, row) => (
          <Group key={row} gap={6} wrap="nowrap" align="flex-start">
            <TextInput
              flex={1}
              type={type}
              aria-label={`${label} ${row + 1}`}
              {...form.getInputProps(`${path}.${row}`)}
            />
            {rows.length > 1 && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size={36}
                aria-label={`${contactForm.removeRow}: ${label} ${row + 1}`}
                onClick={() => form.removeListItem(path, row)}
              >
                <IconX size={17} />
              </ActionIcon>
            )}
          </Group>
        ))}
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={15} aria-hidden />}
          style={{ alignSelf: 'flex-start' }}
          onClick={() => form.insertListItem(path, '')}
        >
          {add}
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
