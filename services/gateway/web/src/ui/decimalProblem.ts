import type { Words } from '@/i18n/words/es';
import { isDecimal } from './decimalText';

/** For a form's `validate`: number fields hand on what cannot be read as it was typed. */
export function decimalProblem(
  value: string,
  texts: Words['fields'],
  { required = false, digits }: { required?: boolean; digits?: number } = {},
): string | null {
  if (value.trim() === '') return required ? texts.missing : null;
  if (!isDecimal(value, 30)) return texts.number;
  if (isDecimal(value, digits)) return null;
  return digits === 0 ? texts.whole : texts.decimals;
}
