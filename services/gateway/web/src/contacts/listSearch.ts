import type { ContactFilters } from '@/api/keys';
import type { ContactKind, ContactRole } from '@/api/types';

export const ROLES: ContactRole[] = ['client', 'supplier', 'lead', 'debtor', 'creditor'];
export const KINDS: ContactKind[] = ['company', 'person'];
export const SORTS = ['name', '-updated_at'] as const;
export type ContactSort = (typeof SORTS)[number];

/** The list's state lives in the address, so that it can be shared and gone back to. */
export type ListSearch = {
  q?: string;
  role?: ContactRole;
  kind?: ContactKind;
  tag?: string;
  sort?: ContactSort;
  selected?: string;
};

export function readListSearch(search: Record<string, unknown>): ListSearch {
  return {
    q: text(search.q),
    role: ROLES.find((role) => role === search.role),
    kind: KINDS.find((kind) => kind === search.kind),
    tag: text(search.tag),
    sort: SORTS.find((sort) => sort === search.sort && sort !== 'name'),
    selected: text(search.selected),
  };
}

export function filtersOf({ q, role, kind, tag, sort }: ListSearch): ContactFilters {
  return { q: q ?? '', role, kind, tag, sort };
}

export function isFiltered({ q, role, kind, tag }: ListSearch): boolean {
  return Boolean(q ?? role ?? kind ?? tag);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value ? value : undefined;
}
