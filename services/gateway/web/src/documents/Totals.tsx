import { useQuery } from '@tanstack/react-query';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { taxesQuery } from './products';
import classes from './DocumentPage.module.css';

type Props = {
  subtotal: string;
  taxes: { code: string; base: string; amount: string }[];
  total: string;
  currency: string;
  on: string;
};

/** Base, each tax over its own base, total. */
export function Totals({ subtotal, taxes, total, currency, on }: Props) {
  const { document: texts } = useTexts();
  const { money } = useFormats();
  const known = useQuery(taxesQuery(on));
  const nameOf = (code: string) => known.data?.find((tax) => tax.code === code)?.name ?? code;
  return (
    <dl className={classes.totals}>
      <div>
        <dt>{texts.subtotal}</dt>
        <dd>{money(subtotal, currency)}</dd>
      </div>
      {taxes.map(({ code, base, amount }) => (
        <div key={code}>
          <dt>
            {nameOf(code)}
            {taxes.length > 1 && ` · ${money(base, currency)}`}
          </dt>
          <dd>{money(amount, currency)}</dd>
        </div>
      ))}
      <div className={classes.sum}>
        <dt>{texts.total}</dt>
        <dd>{money(total, currency)}</dd>
      </div>
    </dl>
  );
}
