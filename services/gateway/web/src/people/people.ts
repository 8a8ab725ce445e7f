import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, done, ifMatch } from '@/api/client';
import { keys } from '@/api/keys';
import type { ContactKind, LinkedCompany, LinkedPerson } from '@/api/types';
import { showAtOnce } from '@/panel/optimistic';

/** A link as one side sees it: a company its people, a person its companies. */
export type Link = {
  id: string;
  name: string;
  version: number;
  jobTitle: string | null;
  isPrimary: boolean;
  sendCopies: boolean;
  email?: string;
};

export type LinkFields = { job_title: string | null; is_primary: boolean; send_copies: boolean };

/** Whom to link: somebody there is, or somebody new. */
export type Other = { id: string } | { name: string; emails: string[]; phones: string[] };

/** What the form about it is kept under. */
export function linkDraft(contactId: string, link?: Link): string {
  return `link:${contactId}:${link?.id ?? 'new'}`;
}

export function readLink(item: LinkedPerson | LinkedCompany): Link {
  return {
    id: 'person_id' in item ? item.person_id : item.company_id,
    name: item.name,
    version: item.version,
    jobTitle: item.job_title,
    isPrimary: item.is_primary,
    sendCopies: item.send_copies,
    email: item.emails[0],
  };
}

/** `kind` is that of the contact whose panel it is. */
export function useLinks(contactId: string, kind: ContactKind) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: keys.contact(contactId) });
  const pathTo = (id: string) =>
    kind === 'company' ? { contact_id: contactId, person_id: id } : { contact_id: id, person_id: contactId };

  const add = useMutation({
    mutationFn: ({ other, fields }: { other: Other; fields: LinkFields }) => {
      const params = { path: { contact_id: contactId } };
      if (kind === 'company') {
        const who = 'id' in other ? { person_id: other.id } : { person: other };
        return done(
          api.POST('/api/v1/contacts/{contact_id}/people', { params, body: { ...who, ...fields } }),
        );
      }
      const who = 'id' in other ? { company_id: other.id } : { company: other };
      return done(
        api.POST('/api/v1/contacts/{contact_id}/companies', { params, body: { ...who, ...fields } }),
      );
    },
    onSuccess: refresh,
  });

  const update = useMutation({
    mutationFn: ({ link, fields }: { link: Link; fields: LinkFields }) =>
      dataOf(
        api.PATCH('/api/v1/contacts/{contact_id}/people/{person_id}', {
          params: { path: pathTo(link.id), header: ifMatch(link.version) },
          body: fields,
        }),
      ),
    onSettled: refresh,
  });

  const remove = useMutation({
    mutationFn: (link: Link) =>
      done(
        api.DELETE('/api/v1/contacts/{contact_id}/people/{person_id}', { params: { path: pathTo(link.id) } }),
      ),
    onMutate: (link) =>
      showAtOnce(client, contactId, 'people', (data) => ({
        ...data,
        items: data.items.filter((item) => readLink(item).id !== link.id),
      })),
    onError: (_error, _link, takeBack) => takeBack?.(),
    onSettled: refresh,
  });

  return { add, update, remove };
}
