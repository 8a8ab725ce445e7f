import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, done } from '@/api/client';
import { keys } from '@/api/keys';
import type { PortalAccess } from '@/api/types';
import { showAtOnce } from '@/panel/optimistic';

export type Switches = Pick<PortalAccess, 'enabled' | 'payment_methods' | 'catalogue'>;

export function usePortalAccess(contactId: string) {
  const client = useQueryClient();
  const params = { path: { contact_id: contactId } };
  const refresh = () => client.invalidateQueries({ queryKey: keys.contact(contactId) });
  return {
    switchTo: useMutation({
      mutationFn: (body: Switches) =>
        dataOf(api.PUT('/api/v1/contacts/{contact_id}/portal', { params, body })),
      onMutate: (switches) => showAtOnce(client, contactId, 'portal', (data) => ({ ...data, ...switches })),
      onError: (_error, _switches, takeBack) => takeBack?.(),
      onSettled: refresh,
    }),
    setPassword: useMutation({
      mutationFn: (password: string) =>
        done(api.PUT('/api/v1/contacts/{contact_id}/portal/password', { params, body: { password } })),
      onSuccess: refresh,
    }),
    setEmails: useMutation({
      mutationFn: (emails: string[]) =>
        dataOf(api.PUT('/api/v1/contacts/{contact_id}/portal/emails', { params, body: { emails } })),
      onSettled: refresh,
    }),
    preview: useMutation({
      mutationFn: () => dataOf(api.POST('/api/v1/contacts/{contact_id}/portal/preview', { params })),
    }),
  };
}

/** Fourteen characters that are not mistaken for one another when read out. */
export function generatePassword(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789';
  const bytes = crypto.getRandomValues(new Uint32Array(14));
  return Array.from(bytes, (byte) => alphabet[byte % alphabet.length]).join('');
}
