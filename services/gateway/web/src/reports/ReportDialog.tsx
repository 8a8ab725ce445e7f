import { Button, Group, SegmentedControl, Skeleton, Table, Text } from '@mantine/core';
import { IconDownload, IconReportAnalytics } from '@tabler/icons-react';
import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '@/api/client';
import { keys } from '@/api/keys';
import type { ReportItem, Side } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { usePanelFrame } from '@/panel/PanelContext';
import { useToday } from '@/session/session';
import { DayField } from '@/ui/dates/DayField';
import { dayProblem } from '@/ui/dates/dayProblem';
import { Dialog } from '@/ui/Dialog';
import { EmptyState } from '@/ui/EmptyState';
import { QueryProblem } from '@/ui/QueryProblem';
import { WideTable } from '@/ui/WideTable';
import { LoadMore } from '@/ui/LoadMore';
import { PERIODS, periodNamed, type Period } from './period';

type Props = { side: Side; name: string; onClose: () => void };

/** Products and services sold to, or bought from, the contact. */
export function ReportDialog({ side, name, onClose }: Props) {
  const texts = useTexts();
  const { contactId } = usePanelFrame();
  const [period, setPeriod] = useState<Period>(periodNamed('thisYear', useToday()));
  /** A day that cannot be read stays in its field; the report goes on showing the last period. */
  const [written, setWritten] = useState(period);
  const choose = (next: Period) => {
    setWritten(next);
    if (![next.from, next.to].some((day) => dayProblem(day, texts.fields))) setPeriod(next);
  };
  return (
    <Dialog
      onClose={onClose}
      size="xl"
      title={`${side === 'sales' ? texts.reports.sold : texts.reports.bought} · ${name}`}
    >
      <Group align="flex-end" gap="sm" mb="md">
        <PeriodChoice period={written} onChange={choose} />
        <Button
          component="a"
          href={csvUrl(contactId, side, period)}
          download
          variant="default"
          ml="auto"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {texts.reports.export}
        </Button>
      </Group>
      <Report contactId={contactId} side={side} period={period} />
    </Dialog>
  );
}

function PeriodChoice({ period, onChange }: { period: Period; onChange: (period: Period) => void }) {
  const { reports: texts } = useTexts();
  const today = useToday();
  const chosen = PERIODS.find((name) => {
    const { from, to } = periodNamed(name, today);
    return from === period.from && to === period.to;
  });
  return (
    <>
      <SegmentedControl
        aria-label={texts.period}
        data={PERIODS.map((name) => ({ value: name, label: texts[name] }))}
        value={chosen ?? CUSTOM}
        onChange={(name) => name !== CUSTOM && onChange(periodNamed(name, today))}
      />
      <DayField
        label={texts.from}
        w={160}
        value={period.from}
        onChange={(from) => onChange({ ...period, from })}
      />
      <DayField label={texts.to} w={160} value={period.to} onChange={(to) => onChange({ ...period, to })} />
    </>
  );
}

/** No named period: none of them is marked. */
const CUSTOM = '';

function Report({ contactId, side, period }: { contactId: string; side: Side; period: Period }) {
  const texts = useTexts();
  const found = useInfiniteQuery(reportQuery(contactId, side, period));
  if (found.isPending) return <Skeleton height={280} />;
  if (found.isError) return <QueryProblem error={found.error} onRetry={() => void found.refetch()} />;
  const items = found.data.pages.flatMap((page) => page.items);
  if (items.length === 0) {
    return (
      <EmptyState
        icon={IconReportAnalytics}
        title={side === 'sales' ? texts.reports.noneSold : texts.reports.noneBought}
        hint={texts.reports.noneHint}
      />
    );
  }
  return (
    <>
      <ReportTable items={items} />
      <LoadMore of={found} fullWidth mt="xs">
        {texts.actions.loadMore}
      </LoadMore>
    </>
  );
}

function ReportTable({ items }: { items: ReportItem[] }) {
  const { reports: texts } = useTexts();
  const { money, number, price, day } = useFormats();
  return (
    <WideTable label={texts.product} minWidth={560} verticalSpacing={9} highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{texts.product}</Table.Th>
          <Table.Th ta="right">{texts.quantity}</Table.Th>
          <Table.Th ta="right">{texts.amount}</Table.Th>
          <Table.Th ta="right">{texts.lastPrice}</Table.Th>
          <Table.Th ta="right">{texts.lastDate}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map((item) => (
          <Table.Tr key={`${item.product_id ?? ''}${item.name}`}>
            <Table.Td>{item.name}</Table.Td>
            <Table.Td ta="right" className="figures">
              {number(item.quantity)}
            </Table.Td>
            <Table.Td ta="right" className="figures">
              <Text span inherit fw={560}>
                {money(item.amount, item.currency)}
              </Text>
            </Table.Td>
            <Table.Td ta="right" className="figures">
              {item.last_price && price(item.last_price, item.currency)}
            </Table.Td>
            <Table.Td ta="right" className="figures">
              {item.last_date && day(item.last_date)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}

function reportQuery(contactId: string, side: Side, { from, to }: Period) {
  return infiniteQueryOptions({
    queryKey: keys.report(contactId, side, from ?? '', to ?? ''),
    queryFn: async ({ pageParam, signal }) => {
      const page = await dataOf(
        api.GET('/api/v1/contacts/{contact_id}/reports/products', {
          params: {
            path: { contact_id: contactId },
            query: { side, from: from ?? undefined, to: to ?? undefined, limit: 100, cursor: pageParam },
          },
          signal,
        }),
      );
      // The same path answers CSV, as text, to who asks for it.
      if (typeof page === 'string') throw new Error('The report came as text.');
      return page;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

function csvUrl(contactId: string, side: Side, { from, to }: Period): string {
  const query = new URLSearchParams({ side, format: 'csv' });
  if (from) query.set('from', from);
  if (to) query.set('to', to);
  return `/api/v1/contacts/${contactId}/reports/products?${query.toString()}`;
}
