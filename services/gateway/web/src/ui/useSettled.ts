import { useEffect, useState } from 'react';

/** Longer than between the two clicks of a double one. */
const SETTLING_MS = 600;

/** Whether it has been open for a moment. */
export function useSettled(opened: boolean): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    if (!opened) return;
    const timer = setTimeout(() => setSettled(true), SETTLING_MS);
    return () => {
      clearTimeout(timer);
      setSettled(false);
    };
  }, [opened]);
  return settled;
}
