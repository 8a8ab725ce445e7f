import { createTexts } from '@/i18n/texts';
import { es, type AppTexts } from './es';

export const { TextsProvider, load, useTexts } = createTexts<AppTexts>(es, {
  en: async () => (await import('./en')).en,
  ca: async () => (await import('./ca')).ca,
});
