import { Text } from '@mantine/core';
import { Suspense, useState, type ReactNode } from 'react';
import { useWords } from '@/i18n/words';
import { Dialog } from './Dialog';
import { LoginForm } from './LoginForm';

type Props = {
  email?: string;
  /** Answers who has logged in; `null` where that is still to be chosen. */
  logIn: (email: string, password: string) => Promise<string | null>;
  /** What is shown then, in place of the login. */
  choices?: ReactNode;
  onDone: (who: string) => void;
  onClose: () => void;
};

/** The login over the page that was being worked on. */
export function LoginDialog({ email, logIn, choices, onDone, onClose }: Props) {
  const { session } = useWords();
  const [choosing, setChoosing] = useState(false);
  return (
    <Dialog title={session.over} size="sm" closeOnClickOutside={false} onClose={onClose}>
      <Text size="sm" c="dimmed" mb="md">
        {session.overHint}
      </Text>
      {choosing ? (
        // Its own: who waits further out hides the dialog, and the focus is lost.
        <Suspense>{choices}</Suspense>
      ) : (
        <LoginForm
          email={email}
          logIn={logIn}
          onDone={(who) => (who === null ? setChoosing(true) : onDone(who))}
        />
      )}
    </Dialog>
  );
}
