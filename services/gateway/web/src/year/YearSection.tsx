import { ActionIcon, Group, NativeSelect, Skeleton, Switch, Text, Title } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { Section, Year } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { usePresentYear } from '@/panel/panel';
import { usePanelFrame } from '@/panel/PanelContext';
import { SectionBody } from '@/panel/SectionBody';
import { changePercent, chartMonths, yearQuery } from './year';
import { YearTable } from './YearTable';
import classes from './YearSection.module.css';

const YearChart = lazy(async () => ({ default: (await import('./YearChart')).YearChart }));

const CHART_HEIGHT = 260;
/** How far back the selector goes. */
const YEARS_BACK = 12;

type Props = { section: Section<Year> | undefined; year: number };

export function YearSection({ section, year }: Props) {
  const { year: texts } = useTexts();
  const [compared, setCompared] = useState(true);
  return (
    <section aria-label={texts.title}>
      <Group justify="space-between" mb="md" gap="sm">
        <Group gap={8} align="baseline">
          <Title order={2} fz={14.5}>
            {texts.title}
          </Title>
          <Text fz={12.5} c="dimmed">
            {texts.net}
          </Text>
        </Group>
        <Group gap="md">
          <Switch
            size="sm"
            label={texts.compare(year - 1)}
            checked={compared}
            onChange={(event) => setCompared(event.currentTarget.checked)}
          />
          <YearChoice year={year} />
        </Group>
      </Group>
      <SectionBody section={section} title={texts.title} height={CHART_HEIGHT + 96}>
        {(data) => <YearBody data={data} compared={compared} />}
      </SectionBody>
    </section>
  );
}

function YearChoice({ year }: { year: number }) {
  const { year: texts } = useTexts();
  const navigate = useNavigate({ from: '/contacts/$contactId' });
  const present = usePresentYear();
  const show = (next: number) =>
    void navigate({
      search: (before) => ({ ...before, year: next === present ? undefined : next }),
      replace: true,
      resetScroll: false,
    });
  const first = Math.min(year, present - YEARS_BACK);
  const years = Array.from({ length: present + 1 - first + 1 }, (_, index) => String(present + 1 - index));
  return (
    <Group gap={2} wrap="nowrap">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={texts.previous(year - 1)}
        onClick={() => show(year - 1)}
      >
        <IconChevronLeft size={18} />
      </ActionIcon>
      <NativeSelect
        w={84}
        size="xs"
        aria-label={texts.choose}
        data={years}
        value={String(year)}
        onChange={(event) => show(Number(event.currentTarget.value))}
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={texts.next(year + 1)}
        disabled={year > present}
        onClick={() => show(year + 1)}
      >
        <IconChevronRight size={18} />
      </ActionIcon>
    </Group>
  );
}

function YearBody({ data, compared }: { data: Year; compared: boolean }) {
  const { year: texts } = useTexts();
  const { contactId } = usePanelFrame();
  const formats = useFormats();
  const hasPrevious = Number(data.previous_sales_total) !== 0 || Number(data.previous_purchases_total) !== 0;
  const previous = useQuery({ ...yearQuery(contactId, data.year - 1), enabled: compared && hasPrevious });
  const before = compared ? previous.data : undefined;
  const nothing = Number(data.sales_total) === 0 && Number(data.purchases_total) === 0;
  return (
    <>
      <div className={classes.totals}>
        <Total
          kind="sales"
          label={texts.salesIn(data.year)}
          amount={data.sales_total}
          previous={data.previous_sales_total}
          data={data}
        />
        <Total
          kind="purchases"
          label={texts.purchasesIn(data.year)}
          amount={data.purchases_total}
          previous={data.previous_purchases_total}
          data={data}
        />
      </div>
      {nothing && !hasPrevious ? (
        <div className={classes.empty} style={{ minHeight: CHART_HEIGHT }}>
          <Text fw={550}>{texts.empty(data.year)}</Text>
          <Text size="sm" c="dimmed">
            {texts.emptyHint}
          </Text>
        </div>
      ) : (
        <Suspense fallback={<Skeleton height={CHART_HEIGHT} />}>
          <div aria-hidden>
            <YearChart
              months={chartMonths(data, before, formats.month)}
              year={data.year}
              currency={data.currency}
              height={CHART_HEIGHT}
            />
          </div>
        </Suspense>
      )}
      <YearTable year={data} previous={before} />
    </>
  );
}

type TotalProps = {
  kind: 'sales' | 'purchases';
  label: string;
  amount: string;
  previous: string;
  data: Year;
};

function Total({ kind, label, amount, previous, data }: TotalProps) {
  const { year: texts } = useTexts();
  const { money, number } = useFormats();
  const change = changePercent(amount, previous);
  const sign = change !== null && change > 0 ? '+' : '';
  return (
    <div className={classes.total}>
      <Text fz={12.5} c="dimmed" className={classes.label} data-kind={kind}>
        {label}
      </Text>
      <Text fz={22} fw={640} lh={1.35} className="figures">
        {money(amount, data.currency)}
      </Text>
      <Text fz={12.5} c="dimmed" className="figures">
        {change === null
          ? texts.noPrevious(data.year - 1)
          : texts.change(`${sign}${number(Math.round(change))} %`, data.year - 1)}
      </Text>
    </div>
  );
}
