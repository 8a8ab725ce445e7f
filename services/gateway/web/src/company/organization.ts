import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, done, ifMatch } from '@/api/client';
import { keys } from '@/api/keys';
import type { OrganizationPatch } from '@/api/types';

export const organizationQuery = queryOptions({
  queryKey: keys.organization,
  queryFn: () => dataOf(api.GET('/api/v1/organization')),
});

/** What the logo may be; the server looks at the content too. */
export const PICTURES = ['image/png', 'image/jpeg', 'image/webp'];

export function useOrganizationChanges() {
  const client = useQueryClient();
  // The bar above every page names the company as well.
  const onSuccess = () =>
    Promise.all([keys.organization, keys.session].map((queryKey) => client.invalidateQueries({ queryKey })));
  return {
    update: useMutation({
      mutationFn: ({ version, changes }: { version: number; changes: OrganizationPatch }) =>
        dataOf(api.PATCH('/api/v1/organization', { params: { header: ifMatch(version) }, body: changes })),
      onSuccess,
    }),
    setLogo: useMutation({
      mutationFn: (file: File) =>
        dataOf(
          api.PUT('/api/v1/organization/logo', {
            body: '',
            bodySerializer: () => file,
            // Of any other kind the server says what is wrong with it once it has looked at it.
            headers: { 'Content-Type': PICTURES.includes(file.type) ? file.type : 'image/png' },
          }),
        ),
      onSuccess,
    }),
    removeLogo: useMutation({
      mutationFn: () => done(api.DELETE('/api/v1/organization/logo')),
      onSuccess,
    }),
  };
}
