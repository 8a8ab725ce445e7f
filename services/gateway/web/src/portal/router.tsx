import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { hasCode, isUnauthenticated } from '@/api/problem';
import { SALES_TYPES } from '@/documents/kinds';
import { ProblemPage } from '@/ui/ProblemPage';
import { companyQuery, meQuery, offerQuery, STATUS_FILTERS, type DocumentFilters } from './client';
import { NotFoundPage } from './NotFoundPage';

const rootRoute = createRootRouteWithContext<{ client: QueryClient }>()({
  notFoundComponent: NotFoundPage,
  errorComponent: ProblemPage,
  // The link that a company gives its clients names it: /portal?org=northwind-traders
  validateSearch: (search): { org?: string } => ({
    org: typeof search.org === 'string' ? search.org : undefined,
  }),
});

/** Where nobody needs to be logged in. The company is known before anything is drawn: no page changes its colour. */
const doorRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'door',
  beforeLoad: ({ context, search }) => context.client.query(companyQuery(search.org)),
});

const loginRoute = createRoute({
  getParentRoute: () => doorRoute,
  path: '/login',
  component: lazyRouteComponent(() => import('./LoginPage'), 'LoginPage'),
});

const forgottenRoute = createRoute({
  getParentRoute: () => doorRoute,
  path: '/forgotten',
  component: lazyRouteComponent(() => import('./ForgottenPage'), 'ForgottenPage'),
});

const passwordRoute = createRoute({
  getParentRoute: () => doorRoute,
  path: '/password',
  component: lazyRouteComponent(() => import('./NewPasswordPage'), 'NewPasswordPage'),
});

const chooseRoute = createRoute({
  getParentRoute: () => doorRoute,
  path: '/choose',
  loader: async ({ context }) => {
    try {
      await context.client.query({ ...offerQuery, staleTime: 0 });
    } catch (error) {
      if (isUnauthenticated(error)) throw redirect({ to: '/login' });
      throw error;
    }
  },
  component: lazyRouteComponent(() => import('./ChoosePage'), 'ChoosePage'),
});

const previewRoute = createRoute({
  getParentRoute: () => doorRoute,
  path: '/preview',
  component: lazyRouteComponent(() => import('./PreviewPage'), 'PreviewPage'),
});

const clientRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'client',
  beforeLoad: async ({ context, search }) => {
    try {
      await context.client.query({ ...meQuery, staleTime: 'static' });
    } catch (error) {
      if (hasCode(error, 'portal.not_chosen')) throw redirect({ to: '/choose' });
      if (hasCode(error, 'portal.preview_over')) throw redirect({ to: '/preview' });
      if (isUnauthenticated(error)) throw redirect({ to: '/login', search: { org: search.org } });
      throw error;
    }
  },
  component: lazyRouteComponent(() => import('./PortalShell'), 'PortalShell'),
});

const homeRoute = createRoute({
  getParentRoute: () => clientRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./HomePage'), 'HomePage'),
});

const documentsRoute = createRoute({
  getParentRoute: () => clientRoute,
  path: '/documents',
  validateSearch: (search): DocumentFilters => ({
    type: SALES_TYPES.find((type) => type === search.type),
    status: STATUS_FILTERS.find((status) => status === search.status),
  }),
  component: lazyRouteComponent(() => import('./DocumentsPage'), 'DocumentsPage'),
});

const documentRoute = createRoute({
  getParentRoute: () => clientRoute,
  path: '/documents/$documentId',
  component: lazyRouteComponent(() => import('./DocumentPage'), 'DocumentPage'),
});

const catalogueRoute = createRoute({
  getParentRoute: () => clientRoute,
  path: '/catalogue',
  component: lazyRouteComponent(() => import('./CataloguePage'), 'CataloguePage'),
});

const routeTree = rootRoute.addChildren([
  doorRoute.addChildren([loginRoute, forgottenRoute, passwordRoute, chooseRoute, previewRoute]),
  clientRoute.addChildren([homeRoute, documentsRoute, documentRoute, catalogueRoute]),
]);

export function createPortalRouter(client: QueryClient) {
  return createRouter({
    routeTree,
    basepath: '/portal',
    context: { client },
    defaultPreload: 'intent',
    // Query holds the data and knows its age.
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPortalRouter>;
  }
}
