import { Menu, useMantineColorScheme } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
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
      {LOCALES.map((each) => (
        <Choice
          key={each}
          label={LANGUAGE_NAMES[each]}
          chosen={each === locale}
          onChoose={() => setLocale(each)}
        />
      ))}
      <Menu.Label>{settings.appearance}</Menu.Label>
      {SCHEMES.map((each) => (
        <Choice
          key={each}
          label={schemeNames[each]}
          chosen={each === colorScheme}
          onChoose={() => setColorScheme(each)}
        />
      ))}
    </>
  );
}

function Choice({ label, chosen, onChoose }: { label: string; chosen: boolean; onChoose: () => void }) {
  return (
    <Menu.Item
      role="menuitemradio"
      aria-checked={chosen}
      rightSection={chosen ? <IconCheck size={16} aria-hidden /> : undefined}
      onClick={onChoose}
    >
      {label}
    </Menu.Item>
  );
}
