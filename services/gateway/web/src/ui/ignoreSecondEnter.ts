/** Longer than between the two presses of somebody hasty. */
const HASTE_MS = 500;

/**
 * A dialog that Enter has closed gives the focus back. A second Enter at once was meant for the dialog, not for what has
 * the focus then; any other key, or a click, says that somebody goes on.
 */
export function ignoreSecondEnter(): void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else stop();
  };
  const stop = () => {
    window.removeEventListener('keydown', onKeyDown, true);
    window.removeEventListener('pointerdown', stop, true);
  };
  window.addEventListener('keydown', onKeyDown, true);
  window.addEventListener('pointerdown', stop, true);
  setTimeout(stop, HASTE_MS);
}
