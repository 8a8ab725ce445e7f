import { describe, expect, it } from 'vitest';
import { digitsOf } from '@/i18n/currencies';
import { addUp, type LineFigures } from './amounts';

const RATES = new Map([
  ['iva_21', '21.00'],
  ['iva_10', '10.00'],
  ['irpf_15', '-15.00'],
]);

function line(changes: Partial<LineFigures>): LineFigures {
  return { quantity: '1', unit_price: '0', discount_pct: '0', taxes: ['iva_21'], ...changes };
}

describe('addUp', () => {
  it('rounds half up, once per line', () => {
    expect(addUp([line({ unit_price: '1.005' }), line({ unit_price: '1.005' })], RATES, 2).subtotal).toBe(
      '2.02',
    );
  });

  it('rounds each tax once over all lines that carry it', () => {
    const lines = [line({ unit_price: '0.02' }), line({ unit_price: '0.02' }), line({ unit_price: '0.02' })];
    expect(addUp(lines, RATES, 2).taxes).toEqual([{ code: 'iva_21', base: '0.06', amount: '0.01' }]);
  });

  it('takes what is held back from the total', () => {
    const amounts = addUp([line({ unit_price: '100', taxes: ['iva_21', 'irpf_15'] })], RATES, 2);
    expect(amounts.total).toBe('106.00');
  });

  it('takes the discount from the line', () => {
    const amounts = addUp(
      [line({ quantity: '3', unit_price: '9.99', discount_pct: '12.5', taxes: [] })],
      RATES,
      2,
    );
    expect(amounts.lines).toEqual(['26.22']);
  });

  it.each([
    ['JPY', '2'],
    ['EUR', '1.57'],
    ['KWD', '1.568'],
    ['IQD', '1.568'],
  ])('rounds to the decimals of %s', (currency, total) => {
    expect(addUp([line({ unit_price: '1.5675', taxes: [] })], RATES, digitsOf(currency)).total).toBe(total);
  });
});
