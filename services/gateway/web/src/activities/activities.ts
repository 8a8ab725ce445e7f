import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, done, ifMatch } from '@/api/client';
import { keys } from '@/api/keys';
import type { Activity, ActivityIn, ActivityKind } from '@/api/types';
import { showAtOnce, takeBackOnError } from '@/panel/optimistic';

export const ACTIVITY_KINDS: ActivityKind[] = ['call', 'meeting', 'task', 'email', 'visit'];

export type ActivityFields = Omit<ActivityIn, 'contact_id'>;

/** What the form about it is kept under. */
export function activityDraft(contactId: string, activity?: Activity): string {
  return `activity:${activity?.id ?? `new:${contactId}`}`;
}

export function activityListQuery(contactId: string, open: boolean) {
  return infiniteQueryOptions({
    queryKey: keys.activities(contactId, open),
    queryFn: ({ pageParam, signal }) =>
      dataOf(
        api.GET('/api/v1/activities', {
          params: {
            query: {
              contact_id: contactId,
              open,
              sort: open ? 'starts_at' : '-starts_at',
              limit: 50,
              cursor: pageParam,
            },
          },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function useActivities(contactId: string) {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: keys.contact(contactId) });
  const hide = ({ id }: Activity) =>
    showAtOnce(client, contactId, 'activities', ({ items, count }) => ({
      items: items.filter((item) => item.id !== id),
      count: Math.max(0, count - 1),
    }));
  const at = ({ id }: Activity) => ({ params: { path: { activity_id: id } } });
  return {
    create: useMutation({
      mutationFn: (fields: ActivityFields) =>
        dataOf(api.POST('/api/v1/activities', { body: { contact_id: contactId, ...fields } })),
      onSettled,
    }),
    update: useMutation({
      mutationFn: ({ activity, fields }: { activity: Activity; fields: ActivityFields }) =>
        dataOf(
          api.PATCH('/api/v1/activities/{activity_id}', {
            params: { path: { activity_id: activity.id }, header: ifMatch(activity.version) },
            body: { ...fields, owner: fields.owner ?? activity.owner },
          }),
        ),
      onSettled,
    }),
    complete: useMutation({
      mutationFn: (activity: Activity) =>
        dataOf(api.POST('/api/v1/activities/{activity_id}/complete', at(activity))),
      onMutate: hide,
      onError: takeBackOnError,
      onSettled,
    }),
    reopen: useMutation({
      mutationFn: (activity: Activity) =>
        dataOf(api.POST('/api/v1/activities/{activity_id}/reopen', at(activity))),
      onSettled,
    }),
    remove: useMutation({
      mutationFn: (activity: Activity) => done(api.DELETE('/api/v1/activities/{activity_id}', at(activity))),
      onMutate: hide,
      onError: takeBackOnError,
      onSettled,
    }),
    restore: useMutation({
      mutationFn: (activity: Activity) =>
        dataOf(api.POST('/api/v1/activities/{activity_id}/restore', at(activity))),
      onSettled,
    }),
  };
}
