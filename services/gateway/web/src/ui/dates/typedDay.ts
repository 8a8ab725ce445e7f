/** A day as people type it, in any of the three languages, day first → `2026-12-31`. */
import { LOCALES, TAGS } from '@/i18n/locale';

/** Outside these years it is a slip of the finger. */
const FIRST_YEAR = 1900;
const LAST_YEAR = 2199;
/** Two digits mean the year nearest to today: from 49 years ago to 50 years ahead. */
const YEARS_AHEAD = 50;

const WORDS: Record<string, number> = {
  ...{ hoy: 0, avui: 0, today: 0 },
  ...{ ayer: -1, ahir: -1, yesterday: -1 },
  ...{ manana: 1, dema: 1, tomorrow: 1 },
  ...{ 'pasado manana': 2, 'dema passat': 2 },
};

const FROM_TODAY = /^([+-]) ?(\d{1,5})$/;
const YEAR_FIRST = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/;
const DAY_FIRST = /^(\d{1,2})([-/. ])(\d{1,2})(?:\2(\d{4}|\d{2}))?$/;
const DIGITS_DAY_FIRST = /^(\d{2})(\d{2})((?:19|20|21)\d{2})$/;
const DIGITS_YEAR_FIRST = /^((?:19|20|21)\d{2})(\d{2})(\d{2})$/;
const ORDINAL = '(?:st|nd|rd|th|º|o|er|r)?';
const OF = "[-/. ]*(?:of |de |d'|del )?[-/. ]*";
const NAMED_DAY_FIRST = new RegExp(`^(\\d{1,2})${ORDINAL}${OF}([a-z]+)[.,]?(?:${OF}(\\d{4}|\\d{2}))?$`);
const NAMED_MONTH_FIRST = new RegExp(`^([a-z]+)\\.? (\\d{1,2})${ORDINAL}(?:,? (\\d{4}))?$`);

/**
 * The day that `typed` means, null where it is none or more than one. Taken are `31/12/2026` with slash, point, hyphen
 * or space, the year also with two digits or left out (then it is this year), month names and their beginnings
 * (`31 dic`, `31 de diciembre de 2026`), ISO, `hoy`, `mañana`, and days from today (`+30`).
 */
export function typedDay(typed: string, today: string): string | null {
  const text = folded(typed);
  const days = WORDS[text];
  if (days !== undefined) return daysAfter(today, days);

  const away = FROM_TODAY.exec(text);
  if (away) return daysAfter(today, Number(`${away[1] ?? ''}${away[2] ?? ''}`));

  const yearFirst = YEAR_FIRST.exec(text);
  if (yearFirst) return dayOf(yearFirst[1], yearFirst[3], yearFirst[4]);
  const dayFirst = DAY_FIRST.exec(text);
  if (dayFirst) return dayOf(fullYear(dayFirst[4], today), dayFirst[3], dayFirst[1]);

  const digits = DIGITS_DAY_FIRST.exec(text);
  const read = digits && dayOf(digits[3], digits[2], digits[1]);
  if (read) return read;
  const turned = DIGITS_YEAR_FIRST.exec(text);
  if (turned) return dayOf(turned[1], turned[2], turned[3]);

  const named = NAMED_DAY_FIRST.exec(text);
  if (named) return dayOf(fullYear(named[3], today), monthNamed(named[2] ?? ''), named[1]);
  const american = NAMED_MONTH_FIRST.exec(text);
  if (american) return dayOf(fullYear(american[3], today), monthNamed(american[1] ?? ''), american[2]);
  return null;
}

/** Whether a field's value is a day; everything else was typed and could not be read. */
export function isDay(value: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  return parts !== null && dayOf(parts[1], parts[2], parts[3]) !== null;
}

export function daysAfter(day: string, days: number): string | null {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return dayOf(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
}

type Part = string | number | null | undefined;

function dayOf(year: Part, month: Part, day: Part): string | null {
  const [y, m, d] = [Number(year), Number(month ?? NaN), Number(day)];
  const date = new Date(Date.UTC(y, m - 1, d));
  const exists = date.getUTCMonth() === m - 1 && date.getUTCDate() === d;
  return exists && y >= FIRST_YEAR && y <= LAST_YEAR ? date.toISOString().slice(0, 10) : null;
}

function fullYear(typed: string | undefined, today: string): number {
  const present = Number(today.slice(0, 4));
  if (typed === undefined) return present;
  if (typed.length === 4) return Number(typed);
  const last = present + YEARS_AHEAD;
  return last - ((last - Number(typed)) % 100);
}

/** A name or its beginning, as long as it fits one month only: `ma` is March and May. */
function monthNamed(typed: string): number | null {
  if (typed.length < 3 && !MONTHS.some((names) => names.includes(typed))) return null;
  const fitting = MONTHS.flatMap((names, index) =>
    names.some((name) => name.startsWith(typed)) ? [index + 1] : [],
  );
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}

const MONTHS: string[][] = Array.from({ length: 12 }, (_, index) => [
  ...LOCALES.flatMap((locale) =>
    (['long', 'short'] as const).map((month) => {
      const format = new Intl.DateTimeFormat(TAGS[locale], { month, timeZone: 'UTC' });
      // Catalan says "de gener", "d'abril" and, short, "de gen.".
      return folded(format.format(Date.UTC(2024, index, 1))).replace(/^(de |d')|\.$/g, '');
    }),
  ),
  ...(index === 8 ? ['setiembre'] : []),
]);

/** Lower case without accents, one kind of hyphen, apostrophe and space. */
function folded(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u2019\u02bc]/g, "'")
    .replace(/\s+/g, ' ')
    .trim();
}
