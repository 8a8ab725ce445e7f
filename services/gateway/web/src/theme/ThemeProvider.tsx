import '@mantine/core/styles/baseline.layer.css';
import '@mantine/core/styles/default-css-variables.layer.css';
import '@mantine/core/styles/global.layer.css';
import './global.css';
import './print.css';

import { MantineProvider, type MantineThemeOverride } from '@mantine/core';
import { setNonce } from 'get-nonce';
import { useEffect, type ReactNode } from 'react';
import { fetchInter } from './font';
import { lightOnPaper } from './lightOnPaper';
import { theme as ownTheme } from './theme';

// Without it the page is as good.
fetchInter().catch(() => undefined);

const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce;
// The scroll lock behind dialogs writes a style element too.
if (nonce) setNonce(nonce);

/** Looks, in light and dark as the system says unless the user chose. */
export function ThemeProvider({
  theme = ownTheme,
  children,
}: {
  theme?: MantineThemeOverride;
  children: ReactNode;
}) {
  useEffect(lightOnPaper, []);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce ?? ''}>
      {children}
    </MantineProvider>
  );
}
