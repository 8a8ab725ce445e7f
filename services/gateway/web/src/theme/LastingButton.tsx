import type { ComponentProps, MouseEvent } from 'react';

type Props = ComponentProps<'button'> & { 'data-loading'?: boolean };

/**
 * The element of every button. While it works (Mantine's `loading`) it takes no second press, but stays focusable:
 * a disabled element loses the focus, and with it whoever works by keyboard.
 */
export function LastingButton({ type = 'button', disabled, onClick, ...rest }: Props) {
  const busy = Boolean(rest['data-loading']);
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled && !busy}
      aria-disabled={busy || undefined}
      onClick={busy ? ignore : onClick}
    />
  );
}

/** Also the press that Enter in a field of the form makes. */
function ignore(event: MouseEvent) {
  event.preventDefault();
}
