import { ButtonLink } from '@/ui/links';
import { MissingPage } from '@/ui/ProblemPage';
import { useTexts } from './texts';
import { usePageTitle } from '@/ui/usePageTitle';

export function NotFoundPage() {
  const { portal } = useTexts();
  usePageTitle(portal.notFound, portal.title);
  return (
    <MissingPage title={portal.notFound}>
      <ButtonLink to="/" mt="md">
        {portal.home}
      </ButtonLink>
    </MissingPage>
  );
}
