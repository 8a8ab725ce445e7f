import { Alert, Button, Text } from '@mantine/core';
import { useWords } from '@/i18n/words';
import { problemText } from './problemText';

/** What could not be loaded, and the way to try again. */
export function QueryProblem({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const words = useWords();
  return (
    <Alert color="red" variant="light" title={words.failed}>
      <Text size="sm" mb="sm">
        {problemText(error, words)}
      </Text>
      <Button size="xs" variant="default" onClick={onRetry}>
        {words.actions.retry}
      </Button>
    </Alert>
  );
}
