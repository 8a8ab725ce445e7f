import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { isUnauthenticated } from '@/api/problem';
import { organizationQuery } from '@/company/organization';
import { readListSearch } from '@/contacts/listSearch';
import { panelQuery, readPanelSearch } from '@/panel/panel';
import { sessionQuery } from '@/session/session';
import { ProblemPage } from '@/ui/ProblemPage';
import { NotFoundPage } from './NotFoundPage';

const rootRoute = createRootRouteWithContext<{ client: QueryClient }>()({
  notFoundComponent: NotFoundPage,
  errorComponent: ProblemPage,
});

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  validateSearch: (search): { next?: string } => ({ next: ownPath(search.next) }),
  component: lazyRouteComponent(() => import('@/session/LoginPage'), 'LoginPage'),
});

/** Everything behind the login. */
const staffRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'staff',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.client.query({ ...sessionQuery, staleTime: 'static' });
    } catch (error) {
      if (isUnauthenticated(error)) throw redirect({ to: '/login', search: { next: location.href } });
      throw error;
    }
  },
  component: lazyRouteComponent(() => import('./Shell'), 'Shell'),
});

const homeRoute = createRoute({
  getParentRoute: () => staffRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/contacts', search: {} });
  },
});

const contactsRoute = createRoute({
  getParentRoute: () => staffRoute,
  path: '/contacts',
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => import('@/contacts/ContactsPage'), 'ContactsPage'),
});

const panelRoute = createRoute({
  getParentRoute: () => staffRoute,
  path: '/contacts/$contactId',
  validateSearch: readPanelSearch,
  loaderDeps: ({ search: { year } }) => ({ year }),
  loader: ({ context, params, deps }) => {
    // Not awaited: the page shows what it already knows, skeletons for the rest, and what went wrong.
    context.client.query(panelQuery(params.contactId, deps.year)).catch(() => undefined);
  },
  component: lazyRouteComponent(() => import('@/panel/PanelPage'), 'PanelPage'),
});

const documentRoute = createRoute({
  getParentRoute: () => staffRoute,
  path: '/contacts/$contactId/documents/$documentId',
  component: lazyRouteComponent(() => import('@/documents/DocumentPage'), 'DocumentPage'),
});

const settingsRoute = createRoute({
  getParentRoute: () => staffRoute,
  path: '/settings',
  beforeLoad: ({ context }) => demandAdministrator(context.client),
  loader: ({ context }) => context.client.query(organizationQuery),
  component: lazyRouteComponent(() => import('@/company/SettingsPage'), 'SettingsPage'),
});

const auditRoute = createRoute({
  getParentRoute: () => staffRoute,
  path: '/settings/activity',
  beforeLoad: ({ context }) => demandAdministrator(context.client),
  component: lazyRouteComponent(() => import('@/audit/AuditPage'), 'AuditPage'),
});

const apiKeysRoute = createRoute({
  getParentRoute: () => staffRoute,
  path: '/settings/keys',
  beforeLoad: ({ context }) => demandAdministrator(context.client),
  component: lazyRouteComponent(() => import('@/apiKeys/ApiKeysPage'), 'ApiKeysPage'),
});

const routeTree = rootRoute.addChildren([
  loginRoute,
  staffRoute.addChildren([
    homeRoute,
    contactsRoute,
    panelRoute,
    documentRoute,
    settingsRoute,
    apiKeysRoute,
    auditRoute,
  ]),
]);

export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree,
    context: { client },
    defaultPreload: 'intent',
    // Query holds the data and knows its age.
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}

/** Of the pages that others have no right to see. */
function demandAdministrator(client: QueryClient) {
  if (!client.getQueryData(sessionQuery.queryKey)?.user.is_admin) {
    throw redirect({ to: '/contacts', search: {} });
  }
}

/** Where to go after the login: only ever within this site. */
function ownPath(next: unknown): string | undefined {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : undefined;
}
