import { VisuallyHidden } from '@mantine/core';
import type { Year } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';

/** The chart in words, for who cannot see it. */
export function YearTable({ year, previous }: { year: Year; previous?: Year }) {
  const { year: texts } = useTexts();
  const { money, monthLong } = useFormats();
  const years = [year, ...(previous ? [previous] : [])];
  return (
    <VisuallyHidden>
      <table>
        <caption>{texts.chart}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.month}</th>
            {years.flatMap((each) => [
              <th scope="col" key={`s${each.year}`}>
                {texts.salesIn(each.year)}
              </th>,
              <th scope="col" key={`p${each.year}`}>
                {texts.purchasesIn(each.year)}
              </th>,
            ])}
          </tr>
        </thead>
        <tbody>
          {year.months.map(({ month }) => (
            <tr key={month}>
              <th scope="row">{monthLong(month)}</th>
              {years.flatMap((each) => {
                const found = each.months.find((other) => other.month === month);
                return [
                  <td key={`s${each.year}`}>{money(found?.sales ?? '0', each.currency)}</td>,
                  <td key={`p${each.year}`}>{money(found?.purchases ?? '0', each.currency)}</td>,
                ];
              })}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{texts.total}</th>
            {years.flatMap((each) => [
              <td key={`s${each.year}`}>{money(each.sales_total, each.currency)}</td>,
              <td key={`p${each.year}`}>{money(each.purchases_total, each.currency)}</td>,
            ])}
          </tr>
        </tfoot>
      </table>
    </VisuallyHidden>
  );
}
