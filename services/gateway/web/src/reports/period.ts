import { yearOf } from '@/i18n/day';

export type Period = { from: string | null; to: string | null };

export const PERIODS = ['thisYear', 'lastYear', 'always'] as const;
export type PeriodName = (typeof PERIODS)[number];

export function periodNamed(name: PeriodName, today: string): Period {
  const year = yearOf(today);
  if (name === 'always') return { from: null, to: null };
  const wanted = name === 'thisYear' ? year : year - 1;
  return { from: `${wanted}-01-01`, to: `${wanted}-12-31` };
}
