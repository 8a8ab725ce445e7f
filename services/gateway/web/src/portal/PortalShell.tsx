import { Skeleton } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { CompanyMark } from '@/ui/CompanyMark';
import { SessionKeeper } from '@/ui/SessionKeeper';
import { SkipLink } from '@/ui/SkipLink';
import { BasketProvider } from './Basket';
import { choose, enter, logIn, meQuery, ownerOf, type Choice } from './client';
import { useTexts } from './texts';
import classes from './PortalShell.module.css';

const AccountMenu = lazy(async () => ({ default: (await import('./AccountMenu')).AccountMenu }));
const PortalChoices = lazy(async () => ({ default: (await import('./PortalChoices')).PortalChoices }));

/** The frame of the portal: the company's name and colour, not ours. */
export function PortalShell() {
  const { portal } = useTexts();
  const { data: me } = useSuspenseQuery(meQuery);
  const client = useQueryClient();
  const who = ownerOf(me);
  const [choices, setChoices] = useState<Choice[]>([]);
  const logInAgain = async (email: string, password: string) => {
    const entered = await logIn(email, password, me.organization?.slug);
    if ('choices' in entered) {
      if (!entered.choices.some(({ contact }) => contact.id === me.contact.id)) {
        setChoices(entered.choices);
        return null;
      }
      await choose(me.contact.id);
    }
    return ownerOf(await client.query({ ...meQuery, staleTime: 0 }));
  };
  return (
    <SessionKeeper
      who={who}
      noted="ficha.client"
      logIn={logInAgain}
      choices={<PortalChoices choices={choices} onChosen={enter} />}
    >
      <BasketProvider key={who} owner={who}>
        <div className={classes.shell}>
          <SkipLink />
          {me.read_only && (
            <div className={classes.banner} role="status">
              <IconEye size={18} aria-hidden />
              {portal.previewing(me.contact.name)}
            </div>
          )}
          <header className={classes.bar}>
            <div className={classes.inner}>
              <Link to="/" className={classes.brand}>
                <CompanyMark company={me.organization ?? { name: portal.title, logo_url: null }} />
              </Link>
              <nav className={classes.nav} data-screen-only>
                <Link to="/" activeOptions={{ exact: true }} activeProps={{ 'data-active': true }}>
                  {portal.home}
                </Link>
                <Link to="/documents" activeProps={{ 'data-active': true }}>
                  {portal.documents}
                </Link>
                {me.catalogue && (
                  <Link to="/catalogue" activeProps={{ 'data-active': true }}>
                    {portal.catalogue}
                  </Link>
                )}
              </nav>
              <Suspense fallback={<Skeleton circle height={36} width={36} />}>
                <AccountMenu me={me} />
              </Suspense>
            </div>
          </header>
          <main id="content" className={classes.content} tabIndex={-1}>
            <Outlet />
          </main>
        </div>
      </BasketProvider>
    </SessionKeeper>
  );
}
