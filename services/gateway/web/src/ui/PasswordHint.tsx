import { Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useWords } from '@/i18n/words';

type Props = {
  password: string;
  /** Asks the server, whose rule it is: the code it would refuse the password with, null where it would take it. */
  check: (password: string) => Promise<string | null>;
};

const PAUSE_MS = 400;

/** What a new password still lacks, told once the typing pauses, also to who listens instead of looking. */
export function PasswordHint({ password, check }: Props) {
  const { refusals, fields, newPassword } = useWords();
  const [found, setFound] = useState<{ password: string; lacks: string | null }>();
  useEffect(() => {
    if (!password) return undefined;
    const ask = () =>
      check(password).then(
        (lacks) => setFound({ password, lacks }),
        // Saving it tells what is wrong, with it or with the connection.
        () => undefined,
      );
    const timer = setTimeout(() => void ask(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [password, check]);
  const told = found?.password === password ? found : undefined;
  const said = told && (told.lacks ? (refusals.fields[told.lacks] ?? fields.invalid) : newPassword.good);
  return (
    <Text role="status" size="sm" mih="1.55em" c={told?.lacks === null ? undefined : 'dimmed'}>
      {said}
    </Text>
  );
}
