import { Button, FileButton, Group, Input } from '@mantine/core';
import { IconPhotoUp } from '@tabler/icons-react';
import type { Organization } from '@/api/types';
import { useTexts } from '@/app/texts';
import { tell } from '@/ui/notices';
import { useAttempt } from '@/ui/useAttempt';
import { PICTURES, useOrganizationChanges } from './organization';

/** Takes effect at once: there is nothing to save afterwards. */
export function LogoField({ organization }: { organization: Organization }) {
  const { company, actions } = useTexts();
  const { setLogo, removeLogo } = useOrganizationChanges();
  const attempt = useAttempt();
  const choose = (file: File | null) => {
    if (file) attempt(setLogo.mutateAsync(file), () => tell(company.logoSaved));
  };
  return (
    <Input.Wrapper label={company.logo} description={company.logoHint} labelElement="div">
      <Group gap="xs" mt={6}>
        <FileButton accept={PICTURES.join(',')} onChange={choose}>
          {(props) => (
            <Button
              {...props}
              variant="default"
              leftSection={<IconPhotoUp size={17} aria-hidden />}
              loading={setLogo.isPending}
            >
              {organization.logo_url ? company.changeLogo : company.chooseLogo}
            </Button>
          )}
        </FileButton>
        {organization.logo_url && (
          <Button
            variant="subtle"
            color="gray"
            loading={removeLogo.isPending}
            onClick={() => attempt(removeLogo.mutateAsync(), () => tell(company.logoRemoved))}
          >
            {actions.remove}
          </Button>
        )}
      </Group>
    </Input.Wrapper>
  );
}
