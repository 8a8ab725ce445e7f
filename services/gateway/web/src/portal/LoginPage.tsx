import { useSearch } from '@tanstack/react-router';
import { AnchorLink } from '@/ui/links';
import { LoginForm } from '@/ui/LoginForm';
import { ClientDoor } from './ClientDoor';
import { enter, logIn } from './client';
import { useTexts } from './texts';

export function LoginPage() {
  const { portal, forgotten } = useTexts();
  const { org } = useSearch({ from: '/door/login' });
  return (
    <ClientDoor title={portal.signIn} hint={portal.signInHint}>
      <LoginForm logIn={(email, password) => logIn(email, password, org)} onDone={enter}>
        <AnchorLink to="/forgotten" search={{ org }} size="sm" ta="center">
          {forgotten.link}
        </AnchorLink>
      </LoginForm>
    </ClientDoor>
  );
}
