import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '@/api/client';
import { keys } from '@/api/keys';
import type { Year } from '@/api/types';

export function yearQuery(contactId: string, year: number) {
  return queryOptions({
    queryKey: keys.year(contactId, year),
    queryFn: () =>
      dataOf(
        api.GET('/api/v1/contacts/{contact_id}/reports/year', {
          params: { path: { contact_id: contactId }, query: { year } },
        }),
      ),
    staleTime: 60_000,
  });
}

export type ChartMonth = {
  month: string;
  sales: number;
  purchases: number;
  previousSales: number | null;
  previousPurchases: number | null;
};

/** Numbers are for drawing only; what is written comes from the strings. */
export function chartMonths(
  year: Year,
  previous: Year | undefined,
  monthName: (month: number) => string,
): ChartMonth[] {
  return year.months.map(({ month, sales, purchases }) => {
    const before = previous?.months.find((each) => each.month === month);
    return {
      month: monthName(month),
      sales: Number(sales),
      purchases: Number(purchases),
      previousSales: before ? Number(before.sales) : null,
      previousPurchases: before ? Number(before.purchases) : null,
    };
  });
}

/** How much more or less than before, in per cent; null where there is nothing to compare with. */
export function changePercent(now: string, before: string): number | null {
  const base = Number(before);
  return base === 0 ? null : ((Number(now) - base) / Math.abs(base)) * 100;
}
