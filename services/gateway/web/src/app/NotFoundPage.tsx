import { ButtonLink } from '@/ui/links';
import { MissingPage } from '@/ui/ProblemPage';
import { useTexts } from './texts';
import { usePageTitle } from '@/ui/usePageTitle';

export function NotFoundPage() {
  const { app } = useTexts();
  usePageTitle(app.notFound, 'Ficha');
  return (
    <MissingPage title={app.notFound} hint={app.notFoundHint}>
      <ButtonLink to="/contacts" mt="md">
        {app.toContacts}
      </ButtonLink>
    </MissingPage>
  );
}
