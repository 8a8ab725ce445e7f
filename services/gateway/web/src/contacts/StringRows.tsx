import { ActionIcon, Button, Group, Input, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTexts } from '@/app/texts';

type Props = {
  label: string;
  hint: string;
  add: string;
  type: 'email' | 'tel';
  rows: string[];
  errorOf: (row: number) => ReactNode;
  onChange: (rows: string[]) => void;
};

/** Several of the same, one below the other. */
export function StringRows({ label, hint, add, type, rows, errorOf, onChange }: Props) {
  const { contactForm } = useTexts();
  return (
    <Input.Wrapper label={label} description={hint} labelElement="div">
      <Stack gap={8} mt={4} align="stretch">
        {rows.map((value, row) => (
          <Group key={row} gap={6} wrap="nowrap" align="flex-start">
            <TextInput
              flex={1}
              type={type}
              aria-label={`${label} ${row + 1}`}
              value={value}
              error={errorOf(row)}
              onChange={(event) => onChange(rows.with(row, event.currentTarget.value))}
            />
            {rows.length > 1 && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size={36}
                aria-label={`${contactForm.removeRow}: ${label} ${row + 1}`}
                onClick={() => onChange(rows.toSpliced(row, 1))}
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
          onClick={() => onChange([...rows, ''])}
        >
          {add}
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
