import { Text } from '@mantine/core';
import { useWords } from '@/i18n/words';
import { Dialog } from './Dialog';
import { LoginForm } from './LoginForm';

type Props = {
  email?: string;
  /** Answers who has logged in. */
  logIn: (email: string, password: string) => Promise<string>;
  onDone: (who: string) => void;
  onClose: () => void;
};

/** The login over the page that was being worked on. */
export function LoginDialog({ onClose, ...form }: Props) {
  const { session } = useWords();
  return (
    <Dialog title={session.over} size="sm" closeOnClickOutside={false} onClose={onClose}>
      <Text size="sm" c="dimmed" mb="md">
        {session.overHint}
      </Text>
      <LoginForm {...form} />
    </Dialog>
  );
}
