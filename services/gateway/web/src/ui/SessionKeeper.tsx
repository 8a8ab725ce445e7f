import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import { renewWith } from '@/api/renewal';
import { DraftOwner } from '@/drafts/DraftOwner';
import { forgetOldDrafts } from '@/drafts/drafts';

const LoginDialog = lazy(async () => ({ default: (await import('./LoginDialog')).LoginDialog }));
const TakenDialog = lazy(async () => ({ default: (await import('./TakenDialog')).TakenDialog }));

type Props = {
  /** Whose page this is, in this browser. */
  who: string;
  /** Where this app notes who has logged in last, for the other tabs. */
  noted: string;
  email?: string;
  /** Answers who has logged in; `null` where that is still to be chosen. */
  logIn: (email: string, password: string) => Promise<string | null>;
  /** What is shown then, in place of the login. */
  choices?: ReactNode;
  children: ReactNode;
};

/** Holds the page together when its session ends: asks for the login over it, and never goes on as somebody else. */
export function SessionKeeper({ who, noted, email, logIn, choices, children }: Props) {
  const [answer, setAnswer] = useState<(back: boolean) => void>();
  const [taken, setTaken] = useState(false);
  useEffect(() => renewWith(() => new Promise((resolve) => setAnswer(() => resolve))), []);
  useEffect(() => {
    forgetOldDrafts();
    localStorage.setItem(noted, who);
    const onNoted = ({ key, newValue }: StorageEvent) => {
      if (key === noted) setTaken(newValue !== null && newValue !== who);
    };
    window.addEventListener('storage', onNoted);
    return () => window.removeEventListener('storage', onNoted);
  }, [noted, who]);
  const close = (back: boolean) => {
    answer?.(back);
    setAnswer(undefined);
  };
  const onDone = (came: string) => {
    localStorage.setItem(noted, came);
    close(came === who);
    if (came !== who) setTaken(true);
  };
  return (
    <DraftOwner value={who}>
      {children}
      <Suspense>
        {taken && <TakenDialog />}
        {answer && !taken && (
          <LoginDialog
            email={email}
            logIn={logIn}
            choices={choices}
            onDone={onDone}
            onClose={() => close(false)}
          />
        )}
      </Suspense>
    </DraftOwner>
  );
}
