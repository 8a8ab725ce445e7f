import type { Words } from '@/i18n/words/es';
import { isDay } from './typedDay';

type Texts = Words['fields'];

/** For a form's `validate`: fields of days and moments hand on what cannot be read as it was typed. */
export function dayProblem(value: string | null, texts: Texts, { required = false } = {}): string | null {
  if (!value) return required ? texts.missing : null;
  return isDay(value) ? null : texts.day;
}

export function momentProblem(value: string | null, texts: Texts, { required = false } = {}): string | null {
  if (!value) return required ? texts.missing : null;
  return isMoment(value) ? null : texts.moment;
}

/** As moment fields hold it: local, `2026-11-24 10:30:00`. */
export function isMoment(value: string): boolean {
  return /^.{10} \d\d:\d\d:\d\d$/.test(value) && isDay(value.slice(0, 10));
}
