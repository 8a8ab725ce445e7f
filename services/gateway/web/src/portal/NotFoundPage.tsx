import { ButtonLink } from '@/ui/links';
import { MissingPage } from '@/ui/ProblemPage';
import { useTexts } from './texts';

export function NotFoundPage() {
  const { portal } = useTexts();
  return (
    <MissingPage title={portal.notFound}>
      <ButtonLink to="/" mt="md">
        {portal.home}
      </ButtonLink>
    </MissingPage>
  );
}
