import { Button, Center } from '@mantine/core';
import { IconCloudOff, IconMapQuestion } from '@tabler/icons-react';
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useWords } from '@/i18n/words';
import { EmptyState } from './EmptyState';
import { problemText } from './problemText';

/** No such page; `children` lead to one that there is. */
export function MissingPage({
  title,
  hint,
  children,
}: {
  title: string;
  hint?: string;
  children: ReactNode;
}) {
  return (
    <Center mih="70vh">
      <EmptyState icon={IconMapQuestion} title={title} hint={hint}>
        {children}
      </EmptyState>
    </Center>
  );
}

/** The page could not be shown; another try may do. */
export function ProblemPage({ error, reset }: ErrorComponentProps) {
  const words = useWords();
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Center mih="70vh">
      <EmptyState icon={IconCloudOff} title={words.failed} hint={problemText(error, words)}>
        <Button mt="md" onClick={retry}>
          {words.actions.retry}
        </Button>
      </EmptyState>
    </Center>
  );
}
