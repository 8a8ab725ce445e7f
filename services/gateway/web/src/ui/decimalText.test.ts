import { describe, expect, it } from 'vitest';
import { LOCALES } from '@/i18n/locale';
import { decimalShown, decimalText, isDecimal } from './decimalText';

describe('decimalText', () => {
  it.each([
    // typed, in Spanish and Catalan, in English
    ['1234,5', '1234.5', '1234.5'],
    ['1234.5', '1234.5', '1234.5'],
    ['1.234,56', '1234.56', '1234.56'],
    ['1,234.56', '1234.56', '1234.56'],
    ['1.234', '1234', '1.234'],
    ['1,234', '1.234', '1234'],
    ['12.345', '12345', '12.345'],
    ['1234.567', '1234.567', '1234.567'],
    ['1234,567', '1234.567', '1234.567'],
    ['0.234', '0.234', '0.234'],
    ['0,234', '0.234', '0.234'],
    ['1.234.567', '1234567', '1234567'],
    ['1,234,567.5', '1234567.5', '1234567.5'],
    ['1 234,56', '1234.56', '1234.56'],
    ['1 234 567', '1234567', '1234567'],
    ['1\u202f234,56', '1234.56', '1234.56'],
    ['12.5', '12.5', '12.5'],
    ['1.2345', '1.2345', '1.2345'],
    ['0,000001', '0.000001', '0.000001'],
    [',5', '0.5', '0.5'],
    ['.5', '0.5', '0.5'],
    ['007', '7', '7'],
    ['-3', '-3', '-3'],
    ['−1.234,5', '-1234.5', '-1234.5'],
    [' 99 € ', '99', '99'],
    ['€99', '99', '99'],
    ['1.234,56€', '1234.56', '1234.56'],
    ['1.234,56 EUR', '1234.56', '1234.56'],
  ])('reads %j', (typed, spanish, english) => {
    expect(decimalText(typed, 'es', 'EUR')).toBe(spanish);
    expect(decimalText(typed, 'ca', 'EUR')).toBe(spanish);
    expect(decimalText(typed, 'en', 'EUR')).toBe(english);
  });

  it.each([
    ...['', ' ', 'abc', '1,2,3.4.5', '-', '5-', '5,', '5.', '1..2', '1,,2', '--5', '+5', '€', '% 5'],
    ...[
      '12.34,5',
      '1.23,50',
      '1234.567,8',
      '0.123,4',
      '1 2 3',
      '12 34',
      '1e3',
      '0x10',
      '1_000',
      '$5',
      '5 USD',
    ],
    ...['١٢', '１２', '½', '1/2', '5 kg', "1'234", 'NaN', 'Infinity'],
  ])('refuses %j', (typed) => {
    for (const locale of LOCALES) expect(decimalText(typed, locale, 'EUR')).toBeNull();
  });

  it('takes the sign of its own unit only', () => {
    expect(decimalText('12,5 %', 'es', '%')).toBe('12.5');
    expect(decimalText('12,5 %', 'es')).toBeNull();
    expect(decimalText('$5', 'es', 'USD')).toBe('5');
    expect(decimalText('5 CHF', 'es', 'CHF')).toBe('5');
  });

  it('reads what it shows, whatever the number', () => {
    const wrong: string[] = [];
    for (let step = 0; step < 20_000; step++) {
      const decimals = step % 7;
      const whole = String((step * 7919 * (step % 9)) ** 2 % 10_000_000_000);
      const value = `${step % 2 ? '-' : ''}${whole}${decimals ? `.${String(step).padStart(6, '0').slice(-decimals)}` : ''}`;
      for (const locale of LOCALES) {
        for (const grouped of [true, false]) {
          const shown = decimalShown(value, locale, { grouped });
          if (decimalText(shown, locale) !== value) wrong.push(`${locale} ${shown}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('isDecimal', () => {
  it.each(['0', '1234.5', '-3', '0.000001'])('knows %s', (value) => expect(isDecimal(value)).toBe(true));
  it.each(['', '1.234,5', '1,5', 'x', '0.0000001', '1.'])('refuses %j', (value) =>
    expect(isDecimal(value)).toBe(false),
  );
  it('counts decimals', () => {
    expect(isDecimal('0.05', 2)).toBe(true);
    expect(isDecimal('0.005', 2)).toBe(false);
    expect(isDecimal('1.5', 0)).toBe(false);
  });
});
