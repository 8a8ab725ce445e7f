import '@mantine/charts/styles.layer.css';

import { BarChart } from '@mantine/charts';
import { useTexts } from '@/app/texts';
import { digitsOf } from '@/i18n/currencies';
import { useFormats } from '@/i18n/formats';
import type { ChartMonth } from './year';

type Props = { months: ChartMonth[]; year: number; currency: string; height: number };

/** Bars by month, those of the year before paler beside them. What is nought all year takes no room. */
export function YearChart({ months, year, currency, height }: Props) {
  const { year: texts } = useTexts();
  const { compact, money } = useFormats();
  const series = [
    { name: 'previousSales', label: texts.salesIn(year - 1), color: paler('--sales') },
    { name: 'sales', label: texts.salesIn(year), color: 'var(--sales)' },
    { name: 'previousPurchases', label: texts.purchasesIn(year - 1), color: paler('--purchases') },
    { name: 'purchases', label: texts.purchasesIn(year), color: 'var(--purchases)' },
  ] as const;
  return (
    <BarChart
      h={height}
      data={months}
      dataKey="month"
      series={series.filter(({ name }) => months.some((month) => month[name]))}
      maxBarWidth={16}
      tickLine="none"
      gridAxis="x"
      yAxisProps={{ width: 56, tickFormatter: compact }}
      barChartProps={{ barGap: 2, accessibilityLayer: false }}
      barProps={{ radius: [3, 3, 0, 0], isAnimationActive: false }}
      valueFormatter={(value) => money(value.toFixed(digitsOf(currency)), currency)}
      tooltipAnimationDuration={0}
    />
  );
}

function paler(color: string): string {
  return `color-mix(in srgb, var(${color}) 32%, var(--surface))`;
}
