import { createContext, use, useEffect, useState, type ReactNode } from 'react';
import { LocaleContext, storeLocale, type Locale } from './locale';
import { WordsContext } from './words';
import type { Words } from './words/es';

export type Loaders<Texts> = Record<Exclude<Locale, 'es'>, () => Promise<Texts>>;

/**
 * The texts of one app. Spanish is its shape and comes with it; the other languages must have the same shape, or they
 * do not compile, and are loaded when chosen.
 */
export function createTexts<Texts extends Words>(spanish: Texts, loaders: Loaders<Texts>) {
  const TextsContext = createContext(spanish);
  const load = (locale: Locale) => (locale === 'es' ? Promise.resolve(spanish) : loaders[locale]());

  function TextsProvider({
    initial,
    children,
  }: {
    initial: { locale: Locale; texts: Texts };
    children: ReactNode;
  }) {
    const [shown, setShown] = useState(initial);
    const setLocale = (locale: Locale) => {
      storeLocale(locale);
      void load(locale).then((texts) => setShown({ locale, texts }));
    };
    useEffect(() => {
      document.documentElement.lang = shown.locale;
    }, [shown.locale]);
    return (
      <LocaleContext value={{ locale: shown.locale, setLocale }}>
        <WordsContext value={shown.texts}>
          <TextsContext value={shown.texts}>{children}</TextsContext>
        </WordsContext>
      </LocaleContext>
    );
  }

  return { TextsProvider, load, useTexts: () => use(TextsContext) };
}
