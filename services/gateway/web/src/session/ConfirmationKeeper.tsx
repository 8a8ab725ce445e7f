import { lazy, Suspense, useEffect, useState } from 'react';
import { confirmWith } from '@/api/renewal';

const ConfirmationDialog = lazy(async () => ({
  default: (await import('./ConfirmationDialog')).ConfirmationDialog,
}));

/** Asks for the password over the page when the server wants it once more; what was sent waits, and is sent again. */
export function ConfirmationKeeper() {
  const [answer, setAnswer] = useState<(confirmed: boolean) => void>();
  useEffect(() => confirmWith(() => new Promise((resolve) => setAnswer(() => resolve))), []);
  const close = (confirmed: boolean) => {
    answer?.(confirmed);
    setAnswer(undefined);
  };
  return (
    <Suspense>
      {answer && <ConfirmationDialog onDone={() => close(true)} onClose={() => close(false)} />}
    </Suspense>
  );
}
