import { QueryClientProvider, useQuery } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { createQueryClient } from '@/api/queryClient';
import type { Locale } from '@/i18n/locale';
import { brandTheme } from '@/theme/brandTheme';
import { ThemeProvider } from '@/theme/ThemeProvider';
import { ConnectionNotice } from '@/ui/ConnectionNotice';
import { companyQuery, meQuery } from './client';
import { fetchRoutes } from '@/ui/fetchRoutes';
import { createPortalRouter } from './router';
import { TextsProvider } from './texts';
import type { PortalTexts } from './texts/es';

const NoticeBoard = lazy(async () => ({ default: (await import('@/ui/NoticeBoard')).NoticeBoard }));

export function PortalApp({ initial }: { initial: { locale: Locale; texts: PortalTexts } }) {
  const [{ client, router }] = useState(wire);
  return (
    <TextsProvider initial={initial}>
      <QueryClientProvider client={client}>
        <Branded>
          <Suspense>
            <NoticeBoard />
          </Suspense>
          <ConnectionNotice />
          <RouterProvider router={router} />
        </Branded>
      </QueryClientProvider>
    </TextsProvider>
  );
}

/** In the company's colour as soon as it is known whose portal this is. */
function Branded({ children }: { children: ReactNode }) {
  const { data: me } = useQuery({ ...meQuery, enabled: false });
  const { data: company } = useQuery({ ...companyQuery(undefined), enabled: false });
  const color = me?.organization?.color ?? company?.color;
  return <ThemeProvider theme={brandTheme(color)}>{children}</ThemeProvider>;
}

function wire() {
  const client = createQueryClient();
  const router = createPortalRouter(client);
  fetchRoutes(router);
  return { client, router };
}
