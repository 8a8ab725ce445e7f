import { Skeleton, Stack, Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { Panel } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useShortcuts } from '@/ui/shortcuts';
import { SummaryTab } from './SummaryTab';
import { TABS, type Tab } from './panel';
import classes from './PanelTabs.module.css';

const DocumentsTab = lazy(async () => ({ default: (await import('@/documents/DocumentsTab')).DocumentsTab }));
const FilesTab = lazy(async () => ({ default: (await import('@/files/FilesTab')).FilesTab }));
const NotesTab = lazy(async () => ({ default: (await import('@/notes/NotesTab')).NotesTab }));
const ActivityTab = lazy(async () => ({ default: (await import('@/activities/ActivityTab')).ActivityTab }));

export function PanelTabs({ panel, year }: { panel?: Panel; year: number }) {
  const { panel: texts } = useTexts();
  const { tab = 'summary' } = useSearch({ from: '/staff/contacts/$contactId' });
  const navigate = useNavigate({ from: '/contacts/$contactId' });
  const show = (next: string | null) =>
    void navigate({
      search: (before) => ({ ...before, tab: TABS.find((each) => each === next && each !== 'summary') }),
      replace: true,
      resetScroll: false,
    });
  useShortcuts(TABS.map((each, index) => [String(index + 1), () => show(each)]));
  const counts = countsOf(panel);
  return (
    <Tabs value={tab} onChange={show} keepMounted={false} className={classes.tabs}>
      <Tabs.List aria-label={texts.sections} className={classes.list}>
        {TABS.map((each) => (
          <Tabs.Tab key={each} value={each} className={classes.tab}>
            {texts.tabs[each]}
            {counts[each] !== undefined && <span className={classes.count}>{counts[each]}</span>}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Suspense fallback={<TabSkeleton />}>
        <Tabs.Panel value="summary">
          <SummaryTab panel={panel} year={year} />
        </Tabs.Panel>
        <Tabs.Panel value="sales">
          <DocumentsTab side="sales" />
        </Tabs.Panel>
        <Tabs.Panel value="purchases">
          <DocumentsTab side="purchases" />
        </Tabs.Panel>
        <Tabs.Panel value="files">
          <FilesTab />
        </Tabs.Panel>
        <Tabs.Panel value="notes">
          <NotesTab />
        </Tabs.Panel>
        <Tabs.Panel value="activity">
          <ActivityTab />
        </Tabs.Panel>
      </Suspense>
    </Tabs>
  );
}

function countsOf(panel: Panel | undefined): Partial<Record<Tab, number>> {
  if (!panel) return {};
  const { documents, files, notes } = panel.sections;
  return {
    sales: documents.data?.listed.sales,
    purchases: documents.data?.listed.purchases,
    files: files.data?.count,
    notes: notes.data?.count,
  };
}

function TabSkeleton() {
  return (
    <Stack p="lg" gap="sm">
      <Skeleton height={36} width={180} />
      <Skeleton height={52} />
      <Skeleton height={52} />
      <Skeleton height={52} />
    </Stack>
  );
}
