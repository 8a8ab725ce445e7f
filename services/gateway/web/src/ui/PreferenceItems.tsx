import { Menu, useMantineColorScheme } from '@mantine/core';
import { LANGUAGE_NAMES, LOCALES, useLocale } from '@/i18n/locale';
import type { Words } from '@/i18n/words/es';

const SCHEMES = ['light', 'dark', 'auto'] as const;

/** Language and appearance, as entries of a menu. */
export function PreferenceItems({ settings }: { settings: Words['settings'] }) {
  const { locale, setLocale } = useLocale();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const schemeNames = { light: settings.light, dark: settings.dark, auto: settings.system };
  return (
    <>
      <Menu.Label>{settings.language}</Menu.Label>
      <Menu.RadioGroup
        value={locale}
        onChange={(chosen) => setLocale(LOCALES.find((each) => each === chosen) ?? 'es')}
      >
        {LOCALES.map((each) => (
          <Menu.RadioItem key={each} value={each} closeMenuOnClick>
            {LANGUAGE_NAMES[each]}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
      <Menu.Label>{settings.appearance}</Menu.Label>
      <Menu.RadioGroup
        value={colorScheme}
        onChange={(chosen) => setColorScheme(SCHEMES.find((each) => each === chosen) ?? 'auto')}
      >
        {SCHEMES.map((each) => (
          <Menu.RadioItem key={each} value={each} closeMenuOnClick>
            {schemeNames[each]}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  );
}
