import { Button, Skeleton } from '@mantine/core';
import { IconAddressBook, IconUserSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import type { Contact } from '@/api/types';
import { useTexts } from '@/app/texts';
import { EmptyState } from '@/ui/EmptyState';
import { QueryProblem } from '@/ui/QueryProblem';
import { usePrinting } from '@/ui/usePrinting';
import { ContactRow } from './ContactRow';
import { contactListQuery } from './contacts';
import { filtersOf, isFiltered, type ListSearch } from './listSearch';
import classes from './ContactList.module.css';

type Props = {
  search: ListSearch;
  onSelect: (contact: Contact) => void;
  /** Chosen by key: the focus shall go along. */
  onEnter: (contact: Contact) => void;
  onClear: () => void;
};

const ROW_HEIGHT = 56;
/** Rows from the end at which the next page is fetched: about three screens, so that the end is rarely seen. */
const FETCH_AHEAD = 50;

export function ContactList({ search, onSelect, onEnter, onClear }: Props) {
  const found = useInfiniteQuery(contactListQuery(search));
  if (found.isPending) return <ListSkeleton />;
  if (found.isError && !found.data) {
    return <QueryProblem error={found.error} onRetry={() => void found.refetch()} />;
  }
  const contacts = found.data.pages.flatMap((page) => page.items);
  if (contacts.length === 0) return <NoContacts filtered={isFiltered(search)} onClear={onClear} />;
  return (
    <ContactGrid
      key={JSON.stringify(filtersOf({ ...search, q: undefined }))}
      contacts={contacts}
      selectedId={search.selected}
      hasMore={found.hasNextPage}
      fetching={found.isFetchingNextPage}
      stale={found.isPlaceholderData}
      onMore={() => void found.fetchNextPage()}
      onSelect={onSelect}
      onEnter={onEnter}
    />
  );
}

type GridProps = {
  contacts: Contact[];
  selectedId?: string;
  hasMore: boolean;
  fetching: boolean;
  stale: boolean;
  onMore: () => void;
  onSelect: (contact: Contact) => void;
  onEnter: (contact: Contact) => void;
};

/** Only the rows in sight are in the page, however many were scrolled past. One row is active for the keyboard. */
function ContactGrid({
  contacts,
  selectedId,
  hasMore,
  fetching,
  stale,
  onMore,
  onSelect,
  onEnter,
}: GridProps) {
  const { contacts: texts } = useTexts();
  const viewport = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  // The compiler skips this component for it: the virtualizer changes in place.
  // eslint-disable-next-line react-hooks/incompatible-library
  const rows = useVirtualizer({
    count: contacts.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => ROW_HEIGHT,
    // Paper has no sight to be out of.
    overscan: usePrinting() ? contacts.length : 12,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;

  useEffect(() => {
    if (hasMore && !fetching && last >= contacts.length - FETCH_AHEAD) onMore();
  }, [hasMore, fetching, last, contacts.length, onMore]);

  const move = (to: number) => {
    const index = Math.max(0, Math.min(contacts.length - 1, to));
    setActive(index);
    rows.scrollToIndex(index);
  };
  const onClick = ({ target }: MouseEvent) => {
    const row = (target as Element).closest<HTMLElement>('[data-index]');
    const contact = row && contacts[Number(row.dataset.index)];
    if (!contact) return;
    setActive(Number(row.dataset.index));
    onSelect(contact);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.floor((viewport.current?.clientHeight ?? ROW_HEIGHT) / ROW_HEIGHT) - 1;
    const moves: Record<string, number | undefined> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: contacts.length - 1,
    };
    const to = moves[event.key];
    const contact = contacts[active];
    if (to !== undefined) move(to);
    else if (event.key === 'Enter' && contact) onEnter(contact);
    else return;
    event.preventDefault();
  };

  return (
    <div ref={viewport} className={classes.viewport} data-stale={stale || undefined}>
      <div
        className={classes.grid}
        role="grid"
        tabIndex={0}
        aria-label={texts.list}
        aria-rowcount={hasMore ? -1 : contacts.length + 1}
        aria-activedescendant={`contact-row-${active}`}
        onKeyDown={onKeyDown}
      >
        <ColumnHeads />
        <div
          className={classes.rows}
          role="rowgroup"
          style={{ height: rows.getTotalSize() }}
          onClick={onClick}
        >
          {shown.map(({ index, start }) => {
            const contact = contacts[index];
            return (
              contact && (
                <ContactRow
                  key={contact.id}
                  contact={contact}
                  index={index}
                  top={start}
                  active={index === active}
                  selected={contact.id === selectedId}
                />
              )
            );
          })}
        </div>
      </div>
      <div className={classes.foot} role="status">
        {fetching ? texts.loadingMore : hasMore ? null : texts.end(contacts.length)}
      </div>
    </div>
  );
}

function ColumnHeads() {
  const { columns } = useTexts().contacts;
  return (
    <div className={classes.heads} role="rowgroup">
      <div role="row" className={classes.columns} aria-rowindex={1}>
        <span role="columnheader">{columns.name}</span>
        <span role="columnheader">{columns.roles}</span>
        <span role="columnheader" data-column="email">
          {columns.email}
        </span>
        <span role="columnheader" data-column="phone">
          {columns.phone}
        </span>
        <span role="columnheader" data-column="city">
          {columns.city}
        </span>
      </div>
    </div>
  );
}

function NoContacts({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { contacts } = useTexts();
  if (!filtered) return <EmptyState icon={IconAddressBook} title={contacts.none} hint={contacts.noneHint} />;
  return (
    <EmptyState icon={IconUserSearch} title={contacts.noMatch} hint={contacts.noMatchHint}>
      <Button variant="light" size="sm" mt="sm" onClick={onClear}>
        {contacts.clear}
      </Button>
    </EmptyState>
  );
}

function ListSkeleton() {
  const { loading } = useTexts();
  return (
    <div className={classes.viewport} aria-busy aria-label={loading} role="status">
      {Array.from({ length: 12 }, (_, row) => (
        <div key={row} className={classes.columns} style={{ height: ROW_HEIGHT }}>
          <Skeleton height={14} width="70%" />
          <Skeleton height={14} width="50%" />
          <Skeleton height={14} width="80%" data-column="email" />
          <Skeleton height={14} width="60%" data-column="phone" />
          <Skeleton height={14} width="50%" data-column="city" />
        </div>
      ))}
    </div>
  );
}
