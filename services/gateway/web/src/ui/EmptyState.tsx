import { Stack, Text, ThemeIcon } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

type Props = { icon: Icon; title: string; hint?: string; children?: ReactNode };

/** Nothing here yet: says so, and what to do next. */
export function EmptyState({ icon: Symbol, title, hint, children }: Props) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      <ThemeIcon size={52} radius="xl" variant="light" aria-hidden>
        <Symbol size={26} stroke={1.6} />
      </ThemeIcon>
      <Text fw={600} mt={4}>
        {title}
      </Text>
      {hint && (
        <Text c="dimmed" size="sm" maw={380}>
          {hint}
        </Text>
      )}
      {children}
    </Stack>
  );
}
