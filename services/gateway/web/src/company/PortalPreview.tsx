import { Button, Group, Input } from '@mantine/core';
import { useTexts } from '@/app/texts';
import { shadesOf } from '@/theme/brandTheme';
import { CompanyMark } from '@/ui/CompanyMark';
import classes from './SettingsPage.module.css';

type Props = { name: string; logoUrl: string | null; color: string };

/** The portal's bar and a button of it, in the colour that is being chosen. */
export function PortalPreview({ name, logoUrl, color }: Props) {
  const { company, actions } = useTexts();
  const accent = /^#[0-9a-f]{6}$/i.test(color) ? shadesOf(color)[6] : undefined;
  return (
    <Input.Wrapper label={company.preview} labelElement="div">
      <Group
        className={classes.preview}
        style={{ borderTopColor: accent }}
        justify="space-between"
        wrap="nowrap"
        gap="md"
        mt={6}
        aria-hidden
      >
        <CompanyMark company={{ name, logo_url: logoUrl }} />
        <Button component="span" size="xs" color={accent}>
          {actions.logIn}
        </Button>
      </Group>
    </Input.Wrapper>
  );
}
