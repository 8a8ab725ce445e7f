import '@mantine/notifications/styles.css';

import { Notifications } from '@mantine/notifications';
import { QueryClientProvider, useQuery } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { createQueryClient } from '@/api/queryClient';
import type { Locale } from '@/i18n/locale';
import { brandTheme } from '@/theme/brandTheme';
import { ThemeProvider } from '@/theme/ThemeProvider';
import { ConnectionNotice } from '@/ui/ConnectionNotice';
import { companyQuery, meQuery } from './client';
import { createPortalRouter } from './router';
import { TextsProvider } from './texts';
import type { PortalTexts } from './texts/es';

export function PortalApp({ initial }: { initial: { locale: Locale; texts: PortalTexts } }) {
  const [{ client, router }] = useState(wire);
  return (
    <TextsProvider initial={initial}>
      <QueryClientProvider client={client}>
        <Branded>
          <Notifications position="bottom-center" limit={3} />
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
  return { client, router: createPortalRouter(client) };
}
