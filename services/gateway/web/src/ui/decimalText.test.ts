import { describe, expect, it } from 'vitest';
import { decimalText } from './decimalText';

describe('decimalText', () => {
  it.each([
    ['1234,5', '1234.5'],
    ['1.234,50', '1234.50'],
    ['1,234.50', '1234.50'],
    ['1.234.567', '1234567'],
    ['1.234', '1234'],
    ['0.234', '0.234'],
    ['12.5', '12.5'],
    [' 99 € ', '99'],
    [',5', '0.5'],
    ['-3', '-3'],
  ])('reads %s', (typed, expected) => {
    expect(decimalText(typed)).toBe(expected);
  });

  it.each(['', 'abc', '1,2,3.4.5', '-', '5-'])('refuses %j', (typed) => {
    expect(decimalText(typed)).toBeNull();
  });
});
