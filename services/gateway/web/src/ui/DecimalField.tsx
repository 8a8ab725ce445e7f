import { TextInput, type TextInputProps } from '@mantine/core';
import { useState } from 'react';
import { useLocale } from '@/i18n/locale';
import { useWords } from '@/i18n/words';
import { decimalShown, decimalText } from './decimalText';
import { decimalProblem } from './decimalProblem';

export type DecimalFieldProps = Omit<TextInputProps, 'value' | 'defaultValue' | 'onChange'> & {
  /** As the API takes it (`1234.5`), '' while empty. */
  value?: string;
  onChange?: (value: string) => void;
  /** How many decimals it may have. */
  digits?: number;
  /** What may stand beside it: a currency's code, or `%`. */
  unit?: string;
};

/**
 * The one field for numbers, written in the user's way. Once it is left it shows what is stored; what cannot be read
 * stays and is handed on as it was typed, for the form to refuse (`decimalProblem`).
 */
export function DecimalField({ value = '', error, digits, unit, onChange, ...rest }: DecimalFieldProps) {
  const { fields } = useWords();
  const { locale } = useLocale();
  const [typed, setTyped] = useState<string | null>(null);
  const problem = decimalProblem(value, fields, { digits });
  const read = (text: string) => (text.trim() === '' ? '' : (decimalText(text, locale, unit) ?? text.trim()));
  const shown = (grouped: boolean) =>
    decimalProblem(value, fields) === null ? decimalShown(value, locale, { grouped }) : value;
  return (
    <TextInput
      {...rest}
      inputMode={digits === 0 ? 'numeric' : 'decimal'}
      autoComplete="off"
      value={typed ?? shown(true)}
      error={typed === null ? (problem ?? error) : error}
      onFocus={(event) => {
        setTyped(shown(false));
        rest.onFocus?.(event);
      }}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onChange?.(read(event.currentTarget.value));
      }}
      onBlur={(event) => {
        setTyped(null);
        rest.onBlur?.(event);
      }}
    />
  );
}
