import { useMemo } from 'react';
import { digitsOf } from './currencies';
import { TAGS, useLocale, type Locale } from './locale';

export type Formats = ReturnType<typeof createFormats>;

/** Numbers, money and dates as the user's language writes them. */
export function useFormats(): Formats {
  const { locale } = useLocale();
  return useMemo(() => createFormats(locale), [locale]);
}

/** Decimal strings go to Intl as they are: it takes them exactly, where a number would round them. */
export function createFormats(locale: Locale) {
  const tag = TAGS[locale];
  const money = new Map<string, Intl.NumberFormat>();
  // Spanish would write 1234,50 and 12.345,00 in one column: group always.
  const number = new Intl.NumberFormat(tag, { useGrouping: 'always', maximumFractionDigits: 6 });
  const compact = new Intl.NumberFormat(tag, { notation: 'compact', maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeZone: 'UTC' });
  const dayInZone = new Intl.DateTimeFormat(tag, { dateStyle: 'medium' });
  const moment = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' });
  const time = new Intl.DateTimeFormat(tag, { timeStyle: 'short' });
  const month = new Intl.DateTimeFormat(tag, { month: 'short', timeZone: 'UTC' });
  const monthLong = new Intl.DateTimeFormat(tag, { month: 'long', timeZone: 'UTC' });
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' });
  const country = new Intl.DisplayNames(tag, { type: 'region' });
  const list = new Intl.ListFormat(tag, { type: 'conjunction' });

  const moneyIn = (currency: string, digits: number, most = digits) => {
    const key = `${currency}${digits}-${most}`;
    const known = money.get(key);
    if (known) return known;
    const made = new Intl.NumberFormat(tag, {
      style: 'currency',
      currency,
      useGrouping: 'always',
      minimumFractionDigits: digits,
      maximumFractionDigits: most,
    });
    money.set(key, made);
    return made;
  };

  return {
    money: (amount: string, currency: string) =>
      moneyIn(currency, digitsOf(currency)).format(decimal(amount)),
    /** Of one unit: may be finer than the currency's smallest coin. */
    price: (amount: string, currency: string) =>
      moneyIn(currency, digitsOf(currency), 6).format(decimal(amount)),
    moneyRounded: (amount: string, currency: string) => moneyIn(currency, 0).format(decimal(amount)),
    number: (value: string | number) => number.format(typeof value === 'number' ? value : decimal(value)),
    compact: (value: number) => compact.format(value),
    /** `2026-11-24` → 24 nov 2026 */
    day: (iso: string) => day.format(new Date(`${iso}T00:00:00Z`)),
    dayOf: (moment: string) => dayInZone.format(new Date(moment)),
    moment: (iso: string) => moment.format(new Date(iso)),
    time: (iso: string) => time.format(new Date(iso)),
    /** 1 → ene */
    month: (number: number) => month.format(Date.UTC(2024, number - 1, 1)),
    monthLong: (number: number) => monthLong.format(Date.UTC(2024, number - 1, 1)),
    /** Whole days from today: hoy, mañana, hace 3 días. */
    daysFromToday: (iso: string) => relative.format(wholeDays(new Date(iso)), 'day'),
    country: (code: string) => country.of(code) ?? code,
    list: (items: string[]) => list.format(items),
    fileSize: (bytes: number) => sizeOf(bytes, number),
  };
}

function decimal(amount: string): Intl.StringNumericLiteral {
  return amount as Intl.StringNumericLiteral;
}

function wholeDays(moment: Date): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(moment) - midnight(new Date())) / 86_400_000);
}

function sizeOf(bytes: number, number: Intl.NumberFormat): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  const power = bytes === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${number.format(Number(value.toPrecision(power === 0 ? 15 : 3)))} ${units[power] ?? ''}`;
}
