import type { UseFormReturnType } from '@mantine/form';
import { useTexts } from '@/app/texts';
import { tellProblem } from './notices';
import { fieldErrors, problemText } from './problemText';

/** How a form's server answers come back: errors beside their fields, the rest as a notice. */
export function useSubmitProblems<Values extends object>(form: UseFormReturnType<Values>) {
  const texts = useTexts();
  return (error: unknown) => {
    form.setErrors(fieldErrors(error, texts));
    tellProblem(problemText(error, texts));
  };
}
