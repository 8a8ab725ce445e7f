import { describe, expect, it } from 'vitest';
import { createFormats } from './formats';

describe('money', () => {
  const { money, price } = createFormats('en');
  const plain = (text: string) => text.replace(/\u00a0/g, ' ');

  it.each([
    ['1234', 'JPY', '1,234'],
    ['1234.50', 'EUR', '1,234.50'],
    ['1.235', 'KWD', '1.235'],
    ['1.235', 'IQD', '1.235'],
    ['1234', 'ISK', '1,234'],
  ])('writes %s %s with its decimals', (amount, currency, figures) => {
    expect(plain(money(amount, currency)).replace(/[^\d.,]/g, '')).toBe(figures);
  });

  it('writes what one unit costs as fine as it is', () => {
    expect(plain(price('0.5', 'JPY')).replace(/[^\d.,]/g, '')).toBe('0.5');
    expect(plain(price('10', 'JPY')).replace(/[^\d.,]/g, '')).toBe('10');
    expect(plain(price('0.1234', 'EUR')).replace(/[^\d.,]/g, '')).toBe('0.1234');
  });
});
