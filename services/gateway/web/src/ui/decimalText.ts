/** Numbers as people type them, and as the API takes them: `1.234,5` ↔ `1234.5`. */
import type { Locale } from '@/i18n/locale';

const MARKS: Record<Locale, { group: string; decimal: string }> = {
  es: { group: '.', decimal: ',' },
  ca: { group: '.', decimal: ',' },
  en: { group: ',', decimal: '.' },
};

/**
 * A typed number as the API takes it; null when it is none. Where a mark may mean either (`1.234`), the language
 * decides; where it can mean only one thing (`12.5`, `1,234.56`), it means that. `unit` may stand before or behind: a
 * currency's code or sign, or `%`.
 */
export function decimalText(typed: string, locale: Locale, unit?: string): string | null {
  const text = withoutUnit(typed.trim().replace(/\s/g, ' ').replace('\u2212', '-'), unit);
  const [, sign = '', digits = ''] = /^(-?) ?(.*)$/.exec(text) ?? [];
  const read = unsigned(digits, locale);
  return read === null ? null : `${sign}${read.replace(/^0+(?=\d)/, '')}`;
}

/** Whether a field's value is a number; everything else was typed and could not be read. */
export function isDecimal(value: string, digits = 6): boolean {
  return /^-?\d+(\.\d+)?$/.test(value) && (value.split('.')[1] ?? '').length <= digits;
}

/** What `decimalText` reads, for the user to see; grouped for reading, ungrouped for changing. */
export function decimalShown(value: string, locale: Locale, { grouped = true } = {}): string {
  const { group, decimal } = MARKS[locale];
  const [whole = '', fraction] = value.split('.');
  const shown = grouped ? whole.replace(/\B(?=(\d{3})+$)/g, group) : whole;
  return fraction === undefined ? shown : `${shown}${decimal}${fraction}`;
}

function unsigned(text: string, locale: Locale): string | null {
  if (/^\d+$/.test(text)) return text;
  if (GROUPED_BY_POINTS.test(text)) return text.replaceAll('.', '').replace(',', '.');
  if (GROUPED_BY_COMMAS.test(text)) return text.replaceAll(',', '');
  if (GROUPED_BY_SPACES.test(text)) return text.replaceAll(' ', '').replace(',', '.');
  const parts = /^(\d*)([.,])(\d+)$/.exec(text);
  if (!parts) return null;
  const [, whole = '', mark = '', fraction = ''] = parts;
  const groups = mark === MARKS[locale].group && /^[1-9]\d{0,2}$/.test(whole) && fraction.length === 3;
  return groups ? whole + fraction : `${whole || '0'}.${fraction}`;
}

/** With two kinds of marks, or one kind more than once, there is no doubt. */
const GROUPED_BY_POINTS = /^[1-9]\d{0,2}((\.\d{3})+,\d+|(\.\d{3}){2,})$/;
const GROUPED_BY_COMMAS = /^[1-9]\d{0,2}((,\d{3})+\.\d+|(,\d{3}){2,})$/;
const GROUPED_BY_SPACES = /^[1-9]\d{0,2}( \d{3})+([.,]\d+)?$/;

function withoutUnit(text: string, unit: string | undefined): string {
  if (!unit) return text;
  const own = [unit, SIGNS[unit]].filter((sign) => sign !== undefined);
  const found = own.find((sign) => text.startsWith(sign) || text.endsWith(sign));
  if (!found) return text;
  return (text.startsWith(found) ? text.slice(found.length) : text.slice(0, -found.length)).trim();
}

const SIGNS: Partial<Record<string, string>> = { EUR: '€', USD: '$', GBP: '£', JPY: '¥' };
