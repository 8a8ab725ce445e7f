import { Button, Stack } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import type { Side } from '@/api/types';
import { useTexts } from '@/app/texts';
import { PanelCard } from '@/panel/PanelCard';

const ReportDialog = lazy(async () => ({ default: (await import('./ReportDialog')).ReportDialog }));

const SIDES: Side[] = ['sales', 'purchases'];

export function ReportsCard({ name }: { name: string }) {
  const { reports } = useTexts();
  const [side, setSide] = useState<Side>();
  return (
    <PanelCard title={reports.title}>
      <Stack gap={4} mx={-8}>
        {SIDES.map((each) => (
          <Button
            key={each}
            variant="subtle"
            color="gray"
            c="var(--mantine-color-text)"
            size="sm"
            fz={13.5}
            fw={500}
            px={8}
            justify="space-between"
            rightSection={<IconChevronRight size={16} aria-hidden />}
            onClick={() => setSide(each)}
          >
            {each === 'sales' ? reports.sold : reports.bought}
          </Button>
        ))}
      </Stack>
      <Suspense>
        {side && <ReportDialog side={side} name={name} onClose={() => setSide(undefined)} />}
      </Suspense>
    </PanelCard>
  );
}
