import { cloneElement, Suspense, useEffect, useState, type ReactElement, type ReactNode } from 'react';

/** What the menu itself gets, once it is there: its button, and whether it is open. */
export type Late = { target: ReactNode; opened: boolean; onChange: (opened: boolean) => void };

export type LateButton = ReactElement<ButtonProps>;
type ButtonProps = Partial<Record<'aria-haspopup' | 'aria-expanded' | 'onClick' | 'ref', unknown>>;

type Props = {
  button: LateButton;
  opened: boolean;
  onChange: (opened: boolean) => void;
  /** The menu, whose code comes when it is opened first. */
  children: (late: Late) => ReactNode;
};

/** The button of a menu. A page with many of them does not wait for what none has been asked for yet. */
export function LateMenu({ button, opened, onChange, children }: Props) {
  const [wanted, setWanted] = useState(opened);
  const [target, setTarget] = useState<HTMLElement | null>(null);
  if (opened && !wanted) setWanted(true);
  useEffect(() => {
    // The menu's button is another element than the one that was pressed: the focus comes back to it, unless it has gone
    // elsewhere. What is in the menu has it for a moment yet, while the menu fades.
    const active = document.activeElement;
    if (wanted && !opened && (!active || active === document.body || active.closest('[role="menu"]')))
      target?.focus();
  }, [wanted, opened, target]);
  const plain = cloneElement(button, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onClick: () => onChange(true),
  });
  if (!wanted) return plain;
  return (
    <Suspense fallback={plain}>
      {children({ target: cloneElement(button, { ref: setTarget }), opened, onChange })}
    </Suspense>
  );
}
