import { ButtonLink } from '@/ui/links';
import { MissingPage } from '@/ui/ProblemPage';
import { useTexts } from './texts';

export function NotFoundPage() {
  const { app } = useTexts();
  return (
    <MissingPage title={app.notFound} hint={app.notFoundHint}>
      <ButtonLink to="/contacts" mt="md">
        {app.toContacts}
      </ButtonLink>
    </MissingPage>
  );
}
