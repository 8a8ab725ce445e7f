import { describe, expect, it } from 'vitest';
import { createFormats } from '@/i18n/formats';
import { LOCALES } from '@/i18n/locale';
import { isDay, typedDay } from './typedDay';

const TODAY = '2026-11-28';

describe('typedDay', () => {
  it.each([
    ['31/12/2026', '2026-12-31'],
    ['03/11/2026', '2026-11-03'],
    ['3/11/2026', '2026-11-03'],
    ['3/1/26', '2026-01-03'],
    ['31-12', '2026-12-31'],
    ['31-12-26', '2026-12-31'],
    ['31.12.2026', '2026-12-31'],
    ['1.2.2026', '2026-02-01'],
    ['1.5', '2026-05-01'],
    ['31 12 2026', '2026-12-31'],
    ['31122026', '2026-12-31'],
    ['20261231', '2026-12-31'],
    ['2026-12-31', '2026-12-31'],
    ['2026/1/2', '2026-01-02'],
    ['  31/12/2026 ', '2026-12-31'],
    ['29/2/2028', '2028-02-29'],
    ['1/1/99', '1999-01-01'],
    ['1/1/76', '2076-01-01'],
    ['1/1/77', '1977-01-01'],
    ['1/1/00', '2000-01-01'],
    // Spanish
    ['31 dic', '2026-12-31'],
    ['31-dic-26', '2026-12-31'],
    ['31 dic. 2026', '2026-12-31'],
    ['31 de diciembre', '2026-12-31'],
    ['31 DE DICIEMBRE DE 2026', '2026-12-31'],
    ['31 de diciembre del 2026', '2026-12-31'],
    ['1º de enero de 2027', '2027-01-01'],
    ['2 set 2026', '2026-09-02'],
    ['2 sept 2026', '2026-09-02'],
    ['2 setiembre', '2026-09-02'],
    ['hoy', '2026-11-28'],
    ['Mañana', '2026-11-29'],
    ['pasado mañana', '2026-11-30'],
    ['ayer', '2026-11-27'],
    // Catalan
    ['avui', '2026-11-28'],
    ['demà', '2026-11-29'],
    ['ahir', '2026-11-27'],
    ['31 de desembre de 2026', '2026-12-31'],
    ['3 d’abril', '2026-04-03'],
    ["3 d'agost del 2026", '2026-08-03'],
    ['3 ag', '2026-08-03'],
    ['1r de març', '2026-03-01'],
    // English
    ['today', '2026-11-28'],
    ['tomorrow', '2026-11-29'],
    ['31 Dec 2026', '2026-12-31'],
    ['31st of December 2026', '2026-12-31'],
    ['December 31, 2026', '2026-12-31'],
    ['Dec 31', '2026-12-31'],
    ['8 June', '2026-06-08'],
    // From today
    ['+30', '2026-12-28'],
    ['+0', '2026-11-28'],
    ['-7', '2026-11-21'],
    ['−7', '2026-11-21'],
    ['+ 90', '2027-02-26'],
  ])('reads %j', (typed, expected) => {
    expect(typedDay(typed, TODAY)).toBe(expected);
  });

  it.each([
    ...['', ' ', 'abc', '31', '2026', '12/2026', '31/13/2026', '12/31/2026', '31/11/2026', '29/2/2027'],
    ...['0/1/2026', '1/0/2026', '31/12/202', '31/12/20266', '31/12/0026', '1/1/1899', '1/1/2200'],
    ...['31/12-2026', '31//12//2026', '31 ma 2026', '31 ju', '31 foo', '31 dicc', 'diciembre', '31 de'],
    ...['+', '-', '+1.5', '+999999', '30', '1e3', '31/12/2026 10:00', '2026-13-01', '2026-W01', '20263112'],
    ...['٣١/١٢/٢٠٢٦', '３１/１２/２０２６', 'next friday', '31/12/2026x', 'x31/12/2026', '0x1f/12/2026'],
  ])('refuses %j', (typed) => {
    expect(typedDay(typed, TODAY)).toBeNull();
  });

  it('gives back every day from 1990 to 2199 in every form', () => {
    const wrong: string[] = [];
    const end = Date.UTC(2199, 11, 31);
    const formats = LOCALES.map(createFormats);
    for (let time = Date.UTC(1990, 0, 1); time <= end; time += 86_400_000) {
      const iso = new Date(time).toISOString().slice(0, 10);
      const [year = '', month = '', day = ''] = iso.split('-');
      const [m, d] = [String(Number(month)), String(Number(day))];
      const at = time / 86_400_000;
      const names = NAMES[Number(month) - 1] ?? [];
      // The names take turns: each is tried in its month below.
      const name = names[at % names.length] ?? '';
      const forms = [
        ...[iso, `${year}/${m}/${d}`, `${year}${month}${day}`, `${day}${month}${year}`],
        ...['/', '-', '.', ' '].map((mark) => (at % 2 ? [day, month, year] : [d, m, year]).join(mark)),
        ...[
          `${d} ${name} ${year}`,
          `${d} de ${name} de ${year}`,
          `${d}-${name}-${year}`,
          `${name} ${d}, ${year}`,
        ],
        formats[at % formats.length]?.day(iso) ?? '',
        ...(Number(year) <= 2076 ? [`${d}/${m}/${year.slice(2)}`, `${d}-${name}-${year.slice(2)}`] : []),
      ];
      wrong.push(...forms.filter((form) => typedDay(form, TODAY) !== iso));
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  it('leaves out the year for this one, in every month', () => {
    for (let month = 1; month <= 12; month++) {
      const expected = `2026-${String(month).padStart(2, '0')}-09`;
      for (const name of NAMES[month - 1] ?? []) expect(typedDay(`9 ${name}`, TODAY)).toBe(expected);
      expect(typedDay(`9/${month}`, TODAY)).toBe(expected);
    }
  });
});

describe('isDay', () => {
  it.each(['2026-12-31', '2028-02-29'])('knows %s', (value) => expect(isDay(value)).toBe(true));
  it.each(['2026-02-30', '31/12/2026', '', '2026-1-1'])('refuses %j', (value) =>
    expect(isDay(value)).toBe(false),
  );
});

const NAMES = [
  ['ene', 'enero', 'January', 'gener', 'gen'],
  ['feb', 'febrero', 'February', 'febrer', 'febr'],
  ['mar', 'marzo', 'March', 'març'],
  ['abr', 'abril', 'April'],
  ['may', 'mayo', 'May', 'maig'],
  ['jun', 'junio', 'June', 'juny'],
  ['jul', 'julio', 'July', 'juliol'],
  ['ago', 'agosto', 'August', 'agost'],
  ['sep', 'septiembre', 'September', 'setembre', 'sept', 'set'],
  ['oct', 'octubre', 'October'],
  ['nov', 'noviembre', 'November', 'novembre'],
  ['dic', 'diciembre', 'December', 'desembre'],
];
