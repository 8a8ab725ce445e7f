import '@mantine/notifications/styles.css';

import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useState } from 'react';
import type { Locale } from '@/i18n/locale';
import { ThemeProvider } from '@/theme/ThemeProvider';
import { createQueryClient } from '@/api/queryClient';
import { ConnectionNotice } from '@/ui/ConnectionNotice';
import { createAppRouter } from './router';
import { TextsProvider } from './texts';
import type { AppTexts } from './texts/es';

export function App({ initial }: { initial: { locale: Locale; texts: AppTexts } }) {
  const [{ client, router }] = useState(wire);
  return (
    <TextsProvider initial={initial}>
      <ThemeProvider>
        <QueryClientProvider client={client}>
          <Notifications position="bottom-center" limit={3} />
          <ConnectionNotice />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </ThemeProvider>
    </TextsProvider>
  );
}

function wire() {
  const client = createQueryClient();
  return { client, router: createAppRouter(client) };
}
