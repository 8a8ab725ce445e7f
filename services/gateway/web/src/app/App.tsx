import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { Locale } from '@/i18n/locale';
import { ThemeProvider } from '@/theme/ThemeProvider';
import { createQueryClient } from '@/api/queryClient';
import { ConnectionNotice } from '@/ui/ConnectionNotice';
import { fetchRoutes } from '@/ui/fetchRoutes';
import { createAppRouter } from './router';
import { TextsProvider } from './texts';
import type { AppTexts } from './texts/es';

const NoticeBoard = lazy(async () => ({ default: (await import('@/ui/NoticeBoard')).NoticeBoard }));

export function App({ initial }: { initial: { locale: Locale; texts: AppTexts } }) {
  const [{ client, router }] = useState(wire);
  return (
    <TextsProvider initial={initial}>
      <ThemeProvider>
        <QueryClientProvider client={client}>
          <Suspense>
            <NoticeBoard />
          </Suspense>
          <ConnectionNotice />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </ThemeProvider>
    </TextsProvider>
  );
}

function wire() {
  const client = createQueryClient();
  const router = createAppRouter(client);
  fetchRoutes(router);
  return { client, router };
}
