import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '@/api/client';
import { keys } from '@/api/keys';
import type { AuditAction, AuditEntry } from '@/api/types';
import type { AuditTexts } from '@/app/texts/audit/es';

export type AuditGroup = keyof AuditTexts['groups'];

/** `actor`: a person's id, `visitor` or `system`. Days are the organisation's. */
export type AuditFilters = {
  actor: string | null;
  group: AuditGroup | null;
  from: string | null;
  to: string | null;
};

/** Newest first. */
export function auditQuery({ actor, group, from, to }: AuditFilters, texts: AuditTexts) {
  const query = {
    actor: actor ?? undefined,
    action: group ? actionsOf(group, texts) : undefined,
    from: from ?? undefined,
    to: to ?? undefined,
    limit: 50,
  };
  return infiniteQueryOptions({
    queryKey: keys.audit(query),
    queryFn: ({ pageParam, signal }) =>
      dataOf(api.GET('/api/v1/audit', { params: { query: { ...query, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
  });
}

export const peopleQuery = queryOptions({
  queryKey: keys.users,
  queryFn: () => dataOf(api.GET('/api/v1/users', { params: { query: { limit: 200 } } })),
});

/** What happened, in one sentence. */
export function sentenceOf(entry: AuditEntry, texts: AuditTexts): string {
  return texts.sentences[entry.action]({ who: actorOf(entry, texts), whom: subjectOf(entry, texts) });
}

function actionsOf(group: AuditGroup, texts: AuditTexts): AuditAction[] {
  return (Object.keys(texts.sentences) as AuditAction[]).filter((action) => action.startsWith(`${group}.`));
}

function actorOf({ actor: { kind, name } }: AuditEntry, texts: AuditTexts): string {
  if (kind === 'key') return texts.key(name ?? '');
  return name ?? (kind === 'system' ? texts.system : texts.visitor);
}

function subjectOf({ subject }: AuditEntry, texts: AuditTexts): string {
  if (!subject) return texts.nobody;
  return subject.name ?? (subject.kind === 'contact' ? texts.contact : subject.id);
}
