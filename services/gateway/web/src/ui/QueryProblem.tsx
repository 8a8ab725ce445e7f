import { Alert, Button, Text } from '@mantine/core';
import { useTexts } from '@/app/texts';
import { problemText } from './problemText';

/** What could not be loaded, and the way to try again. */
export function QueryProblem({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const texts = useTexts();
  return (
    <Alert color="red" variant="light" title={texts.app.failed}>
      <Text size="sm" mb="sm">
        {problemText(error, texts)}
      </Text>
      <Button size="xs" variant="default" onClick={onRetry}>
        {texts.actions.retry}
      </Button>
    </Alert>
  );
}
