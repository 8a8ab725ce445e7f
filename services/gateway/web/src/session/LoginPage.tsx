import { useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { keys } from '@/api/keys';
import { Logo } from '@/app/Logo';
import { useTexts } from '@/app/texts';
import { DoorPage } from '@/ui/DoorPage';
import { LoginForm } from '@/ui/LoginForm';
import { logIn } from './session';
import { usePageTitle } from '@/ui/usePageTitle';

export function LoginPage() {
  const { signIn } = useTexts();
  usePageTitle(signIn.title);
  const client = useQueryClient();
  const router = useRouter();
  const { next } = useSearch({ from: '/login' });
  return (
    <DoorPage mark={<Logo size={28} />} title={signIn.title} hint={signIn.hint}>
      <LoginForm
        logIn={logIn}
        onDone={(session) => {
          client.setQueryData(keys.session, session);
          router.history.push(next ?? '/contacts');
        }}
      />
    </DoorPage>
  );
}
