import { Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './DoorPage.module.css';

type Props = { mark: ReactNode; title: string; hint?: string; children: ReactNode };

/** Before anybody is logged in: whose door it is, and what to do at it. */
export function DoorPage({ mark, title, hint, children }: Props) {
  return (
    <main className={classes.page}>
      <Paper className={classes.card} withBorder>
        <Stack gap={6} mb="xl">
          {mark}
          <Title order={1} fz={22} mt="lg">
            {title}
          </Title>
          {hint && (
            <Text size="sm" c="dimmed">
              {hint}
            </Text>
          )}
        </Stack>
        {children}
      </Paper>
    </main>
  );
}
