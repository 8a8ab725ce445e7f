/** When what is wrong is shown: to the first field that is. */
export function focusFirstProblem(form: Element | null | undefined): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()),
  );
}
