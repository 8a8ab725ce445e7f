import { createTexts } from '@/i18n/texts';
import { es, type PortalTexts } from './es';

export const { TextsProvider, load, useTexts } = createTexts<PortalTexts>(es, {
  en: async () => (await import('./en')).en,
  ca: async () => (await import('./ca')).ca,
});
