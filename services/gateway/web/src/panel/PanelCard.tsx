import { Group, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import classes from './PanelCard.module.css';

type Props = { title: ReactNode; aside?: ReactNode; children: ReactNode };

export function PanelCard({ title, aside, children }: Props) {
  const id = useId();
  return (
    <section className={classes.card} aria-labelledby={id}>
      <Group justify="space-between" wrap="nowrap" gap="sm" mb="sm" mih={28}>
        <Title order={2} id={id} fz={14.5}>
          {title}
        </Title>
        {aside}
      </Group>
      {children}
    </section>
  );
}
