import { useWords } from '@/i18n/words';
import { tellProblem } from './notices';
import { problemText } from './problemText';

/**
 * Follows a change to its end: `onDone` when it is made, a notice when it is not. Takes the promise of `mutateAsync`
 * because a row or menu is often gone when the answer comes, and `mutate` then calls nobody back.
 */
export function useAttempt() {
  const words = useWords();
  return <Value>(change: Promise<Value>, onDone?: (value: Value) => void): void => {
    change.then(onDone, (error: unknown) => tellProblem(problemText(error, words)));
  };
}
