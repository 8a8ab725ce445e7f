import { Group, Text } from '@mantine/core';
import { Link, Outlet } from '@tanstack/react-router';
import { useSession } from '@/session/session';
import { SkipLink } from '@/ui/SkipLink';
import { Logo } from './Logo';
import { useTexts } from './texts';
import { UserMenu } from './UserMenu';
import classes from './Shell.module.css';

/** The frame of every page behind the login. */
export function Shell() {
  const { app } = useTexts();
  const { organization } = useSession();
  return (
    <div className={classes.shell}>
      <SkipLink />
      <header className={classes.bar}>
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
            {organization.name}
          </Text>
          <UserMenu />
        </Group>
      </header>
      <main id="content" className={classes.content} tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}
