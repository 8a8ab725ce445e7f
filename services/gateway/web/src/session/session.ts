import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { api, dataOf, done } from '@/api/client';
import { keys } from '@/api/keys';
import type { Session } from '@/api/types';
import { dayIn } from '@/i18n/day';

export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: () => dataOf(api.GET('/api/v1/session')),
  staleTime: 5 * 60_000,
  retry: false,
});

/** Who is logged in, below a route that has made sure somebody is. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}

/** The day it is for the organisation, wherever this browser is: what documents, payments and years go by. */
export function useToday(): string {
  return dayIn(useSession().organization.time_zone);
}

export function logIn(email: string, password: string): Promise<Session> {
  return dataOf(api.POST('/api/v1/session', { body: { email, password } }));
}

/** It is still the same person. */
export function confirmPassword(password: string): Promise<void> {
  return done(api.POST('/api/v1/session/confirm', { body: { password } }));
}

export function changePassword(current: string, next: string): Promise<void> {
  return done(
    api.PUT('/api/v1/session/password', { body: { current_password: current, new_password: next } }),
  );
}

/** The code that it would be refused with as one's next password. */
export async function checkNewPassword(password: string): Promise<string | null> {
  return (await dataOf(api.POST('/api/v1/session/password/check', { body: { password } }))).lacks;
}

export function logOut(): Promise<void> {
  return done(api.DELETE('/api/v1/session'));
}

/** Organisation and person: under which name this browser keeps what was not saved. */
export function ownerOf({ organization, user }: Session): string {
  return `${organization.id}:${user.id}`;
}
