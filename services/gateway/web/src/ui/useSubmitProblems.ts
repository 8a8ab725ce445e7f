import type { UseFormReturnType } from '@mantine/form';
import { useWords } from '@/i18n/words';
import { tellProblem } from './notices';
import { fieldErrors, problemText } from './problemText';

/** How a form's server answers come back: errors beside their fields, the rest as a notice. */
export function useSubmitProblems<Values extends object>(form: UseFormReturnType<Values>) {
  const words = useWords();
  return (error: unknown) => {
    form.setErrors(fieldErrors(error, words));
    tellProblem(problemText(error, words));
  };
}
