import { ActionIcon, Group, Skeleton, Text } from '@mantine/core';
import { IconKeyboard } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { ConfirmationKeeper } from '@/session/ConfirmationKeeper';
import { logIn, ownerOf, sessionQuery, useSession } from '@/session/session';
import { SessionKeeper } from '@/ui/SessionKeeper';
import { SkipLink } from '@/ui/SkipLink';
import { undoLatest } from '@/ui/notices';
import { useShortcuts } from '@/ui/shortcuts';
import { keepFocus } from './keepFocus';
import { Logo } from './Logo';
import { useTexts } from './texts';
import classes from './Shell.module.css';

const UserMenu = lazy(async () => ({ default: (await import('./UserMenu')).UserMenu }));
const ShortcutsDialog = lazy(async () => ({ default: (await import('./ShortcutsDialog')).ShortcutsDialog }));

/** The frame of every page behind the login. */
export function Shell() {
  const { app, shortcuts } = useTexts();
  const client = useQueryClient();
  const session = useSession();
  const [shortcutsShown, setShortcutsShown] = useState(false);
  const showShortcuts = () => setShortcutsShown(true);
  useEffect(keepFocus, []);
  useShortcuts([
    ['?', showShortcuts],
    ['shift+?', showShortcuts],
    ['mod+z', undoLatest],
  ]);
  const logInAgain = async (email: string, password: string) => {
    const next = await logIn(email, password);
    if (ownerOf(next) === ownerOf(session)) client.setQueryData(sessionQuery.queryKey, next);
    return ownerOf(next);
  };
  return (
    <SessionKeeper who={ownerOf(session)} noted="ficha.who" email={session.user.email} logIn={logInAgain}>
      <div className={classes.shell}>
        <SkipLink />
        <header className={classes.bar} data-screen-only>
          <Group gap={28} wrap="nowrap">
            <Link to="/contacts" className={classes.brand} aria-label="Ficha">
              <Logo />
            </Link>
            <nav>
              <Link to="/contacts" className={classes.link} activeProps={{ 'data-active': true }}>
                {app.contacts}
              </Link>
            </nav>
          </Group>
          <Group gap="sm" wrap="nowrap">
            <Text size="sm" c="dimmed" visibleFrom="sm" truncate maw={260}>
              {session.organization.name}
            </Text>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              visibleFrom="sm"
              aria-label={shortcuts.title}
              onClick={showShortcuts}
            >
              <IconKeyboard size={20} stroke={1.7} />
            </ActionIcon>
            <Suspense fallback={<Skeleton circle height={32} width={32} />}>
              <UserMenu />
            </Suspense>
          </Group>
        </header>
        <main id="content" className={classes.content} tabIndex={-1}>
          <Outlet />
        </main>
        <ConfirmationKeeper />
        <Suspense>{shortcutsShown && <ShortcutsDialog onClose={() => setShortcutsShown(false)} />}</Suspense>
      </div>
    </SessionKeeper>
  );
}
