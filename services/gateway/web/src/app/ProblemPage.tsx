import { Button, Center } from '@mantine/core';
import { IconCloudOff, IconMapQuestion } from '@tabler/icons-react';
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { EmptyState } from '@/ui/EmptyState';
import { ButtonLink } from '@/ui/links';
import { problemText } from '@/ui/problemText';
import { useTexts } from './texts';

export function NotFoundPage() {
  const { app } = useTexts();
  return (
    <Center mih="70vh">
      <EmptyState icon={IconMapQuestion} title={app.notFound} hint={app.notFoundHint}>
        <ButtonLink to="/contacts" mt="md">
          {app.toContacts}
        </ButtonLink>
      </EmptyState>
    </Center>
  );
}

export function ProblemPage({ error, reset }: ErrorComponentProps) {
  const texts = useTexts();
  const router = useRouter();
  return (
    <Center mih="70vh">
      <EmptyState icon={IconCloudOff} title={texts.failed} hint={problemText(error, texts)}>
        <Button
          mt="md"
          onClick={() => {
            reset();
            void router.invalidate();
          }}
        >
          {texts.actions.retry}
        </Button>
      </EmptyState>
    </Center>
  );
}
