import { Alert, List } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import {
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type SubmitEvent,
} from 'react';
import { useWords } from '@/i18n/words';
import { focusFirstProblem } from './focusFirstProblem';

/** Where a form keeps what is wrong with it as a whole. */
export const WHOLE_FORM = '$form';

type Props<Values> = {
  form: UseFormReturnType<Values>;
  onSubmit: (event: SubmitEvent<HTMLFormElement>) => void;
  className?: string;
  children: ReactNode;
};

/** A form whose problems are told all at once, at their fields; Ctrl+Enter in any of them submits it. */
export function Form<Values>({ form, onSubmit, className, children }: Props<Values>) {
  const element = useRef<HTMLFormElement>(null);
  const submitByKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    // By its button: that knows whether it may be pressed now.
    element.current?.querySelector<HTMLButtonElement>('button[type=submit]')?.click();
  };
  return (
    <form
      ref={element}
      className={className}
      noValidate
      onKeyDown={submitByKey}
      onSubmit={(event) => {
        // A dialog inside a form in the page is a form of its own.
        event.stopPropagation();
        onSubmit(event);
        focusFirstProblem(event.currentTarget);
      }}
    >
      {children}
      <Problems form={form} within={element} />
    </form>
  );
}

type ProblemsProps<Values> = {
  form: UseFormReturnType<Values>;
  within: { current: HTMLFormElement | null };
};

/** What no field in sight shows: of the form as a whole, and of fields it does not have. */
function Problems<Values>({ form: { errors }, within }: ProblemsProps<Values>) {
  const { problems } = useWords();
  const [hidden, setHidden] = useState<string[]>([]);
  useLayoutEffect(() => {
    const isShown = (path: string) => within.current?.querySelector(`[data-path="${CSS.escape(path)}"]`);
    // Which fields there are only the page knows, once it is drawn.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    setHidden(Object.keys(errors).filter((path) => errors[path] && path !== WHOLE_FORM && !isShown(path)));
  }, [errors, within]);
  const whole = errors[WHOLE_FORM];
  if (!whole && hidden.length === 0) return null;
  return (
    <Alert color="red" variant="light" role="alert" mt="md" title={whole ?? problems.invalid}>
      {hidden.length > 0 && (
        <List size="sm">
          {hidden.map((path) => (
            <List.Item key={path}>
              <code>{path}</code>: {errors[path]}
            </List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}
