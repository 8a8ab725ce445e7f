import { Select, Skeleton, Text, Title } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTexts } from '@/app/texts';
import { DayField } from '@/ui/dates/DayField';
import { dayProblem } from '@/ui/dates/dayProblem';
import { EmptyState } from '@/ui/EmptyState';
import { LoadMore } from '@/ui/LoadMore';
import { QueryProblem } from '@/ui/QueryProblem';
import { usePageTitle } from '@/ui/usePageTitle';
import { auditQuery, peopleQuery, type AuditFilters, type AuditGroup } from './audit';
import { AuditItem } from './AuditItem';
import classes from './AuditPage.module.css';

const NOTHING: AuditFilters = { actor: null, group: null, from: null, to: null };

/** Who did what to accounts, and who was refused. */
export function AuditPage() {
  const { audit, fields } = useTexts();
  usePageTitle(audit.title, 'Ficha');
  const [filters, setFilters] = useState(NOTHING);
  /** A day that cannot be read stays in its field, and so does a period that runs backwards; the list stays, too. */
  const [written, setWritten] = useState(NOTHING);
  const problems = problemsOf(written);
  const choose = (changes: Partial<AuditFilters>) => {
    const next = { ...written, ...changes };
    setWritten(next);
    if (!Object.values(problemsOf(next)).some(Boolean)) setFilters(next);
  };
  function problemsOf({ from, to }: AuditFilters) {
    const wrong = { from: dayProblem(from, fields), to: dayProblem(to, fields) };
    const backwards = !wrong.from && !wrong.to && from && to && from > to;
    return backwards ? { ...wrong, to: audit.backwards } : wrong;
  }
  return (
    <div className={classes.page}>
      <Title order={1} fz={{ base: 22, sm: 26 }}>
        {audit.title}
      </Title>
      <Text size="sm" c="dimmed" mt={4} mb="lg">
        {audit.hint}
      </Text>
      <FilterBar filters={written} problems={problems} onChange={choose} />
      <Entries filters={filters} />
    </div>
  );
}

type BarProps = {
  filters: AuditFilters;
  problems: { from: string | null; to: string | null };
  onChange: (changes: Partial<AuditFilters>) => void;
};

function FilterBar({ filters, problems, onChange }: BarProps) {
  const { audit, reports } = useTexts();
  const people = useQuery(peopleQuery).data?.items ?? [];
  return (
    <div className={classes.bar}>
      <Select
        label={audit.who}
        placeholder={audit.anybody}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': audit.clear }}
        data={[
          ...people.map(({ id, name }) => ({ value: id, label: name })),
          { value: 'visitor', label: audit.visitor },
          { value: 'system', label: audit.system },
        ]}
        value={filters.actor}
        onChange={(actor) => onChange({ actor })}
      />
      <Select
        label={audit.what}
        placeholder={audit.anything}
        clearable
        clearButtonProps={{ 'aria-label': audit.clear }}
        data={Object.entries(audit.groups).map(([value, label]) => ({ value, label }))}
        value={filters.group}
        onChange={(group) => onChange({ group: group as AuditGroup | null })}
      />
      <DayField
        label={reports.from}
        value={filters.from}
        error={problems.from}
        onChange={(from) => onChange({ from })}
      />
      <DayField
        label={reports.to}
        value={filters.to}
        error={problems.to}
        onChange={(to) => onChange({ to })}
      />
    </div>
  );
}

function Entries({ filters }: { filters: AuditFilters }) {
  const { audit, actions } = useTexts();
  const found = useInfiniteQuery(auditQuery(filters, audit));
  if (found.isPending) return <Skeleton height={320} />;
  if (found.isError) return <QueryProblem error={found.error} onRetry={() => void found.refetch()} />;
  const entries = found.data.pages.flatMap((page) => page.items);
  if (entries.length === 0) {
    return <EmptyState icon={IconHistory} title={audit.none} hint={audit.noneHint} />;
  }
  return (
    <>
      <ul className={classes.list} aria-label={audit.list}>
        {entries.map((entry) => (
          <AuditItem key={entry.id} entry={entry} />
        ))}
      </ul>
      <LoadMore of={found} fullWidth mt="xs">
        {actions.loadMore}
      </LoadMore>
    </>
  );
}
