/** What lines add up to, as the server will say it: rounded half up once per line and once per tax rate. */
import Big from 'big.js';

export type LineFigures = { quantity: string; unit_price: string; discount_pct: string; taxes: string[] };

/** Rates in per cent by tax code. */
export type Rates = ReadonlyMap<string, string>;

export type Amounts = {
  lines: string[];
  taxes: { code: string; base: string; amount: string }[];
  subtotal: string;
  total: string;
};

export function addUp(lines: LineFigures[], rates: Rates, digits: number): Amounts {
  const subtotals = lines.map((line) => round(lineAmount(line), digits));
  const bases = new Map<string, Big>();
  lines.forEach((line, index) => {
    for (const code of line.taxes) bases.set(code, (bases.get(code) ?? Big(0)).plus(subtotals[index] ?? 0));
  });
  const taxes = Array.from(bases, ([code, base]) => ({
    code,
    base,
    amount: round(base.times(rates.get(code) ?? 0).div(100), digits),
  }));
  const subtotal = sum(subtotals);
  const total = subtotal.plus(sum(taxes.map(({ amount }) => amount)));
  const text = (value: Big) => value.toFixed(digits);
  return {
    lines: subtotals.map(text),
    taxes: taxes.map(({ code, base, amount }) => ({ code, base: text(base), amount: text(amount) })),
    subtotal: text(subtotal),
    total: text(total),
  };
}

/** Of lines that stay what they are: most of a long document at each key. */
const reckoned = new WeakMap<LineFigures, Big>();

function lineAmount(line: LineFigures): Big {
  const { quantity, unit_price, discount_pct } = line;
  const amount =
    reckoned.get(line) ?? Big(quantity).times(unit_price).times(Big(100).minus(discount_pct)).div(100);
  reckoned.set(line, amount);
  return amount;
}

function round(value: Big, digits: number): Big {
  return value.round(digits, Big.roundHalfUp);
}

function sum(values: Big[]): Big {
  return values.reduce((total, value) => total.plus(value), Big(0));
}
