import { createContext, use } from 'react';

export const LOCALES = ['es', 'en', 'ca'] as const;
export type Locale = (typeof LOCALES)[number];

/** What Intl is asked with. English as Europe writes it: day before month. */
export const TAGS: Record<Locale, string> = { es: 'es-ES', en: 'en-GB', ca: 'ca-ES' };

export const LANGUAGE_NAMES: Record<Locale, string> = { es: 'Español', en: 'English', ca: 'Català' };

const STORED = 'ficha.locale';

export type LocaleChoice = { locale: Locale; setLocale: (locale: Locale) => void };

export const LocaleContext = createContext<LocaleChoice>({ locale: 'es', setLocale: () => undefined });

export function useLocale(): LocaleChoice {
  return use(LocaleContext);
}

/** Spanish unless somebody chose otherwise. */
export function storedLocale(): Locale {
  const stored = localStorage.getItem(STORED);
  return LOCALES.find((locale) => locale === stored) ?? 'es';
}

export function storeLocale(locale: Locale): void {
  localStorage.setItem(STORED, locale);
}
