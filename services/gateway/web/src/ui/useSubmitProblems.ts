import type { FormErrors, UseFormReturnType } from '@mantine/form';
import { useWords } from '@/i18n/words';
import { focusFirstProblem } from './focusFirstProblem';
import { WHOLE_FORM } from './Form';
import { fieldErrors, problemText } from './problemText';

/**
 * How a form's server answers come back: errors at their fields, the rest above its buttons. `pathOf` says which of
 * the form's fields shows what the server calls otherwise.
 */
export function useSubmitProblems<Values extends object>(
  form: UseFormReturnType<Values>,
  pathOf: (field: string) => string = (field) => field,
) {
  const words = useWords();
  return (error: unknown) => {
    const errors: FormErrors = { [WHOLE_FORM]: problemText(error, words) };
    for (const [field, text] of Object.entries(fieldErrors(error, words))) errors[pathOf(field)] = text;
    form.setErrors(errors);
    focusFirstProblem(
      document.activeElement?.closest('form') ?? document.querySelector('[role=dialog] form'),
    );
  };
}
