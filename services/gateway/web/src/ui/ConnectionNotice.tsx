import { Button } from '@mantine/core';
import { IconCloudOff } from '@tabler/icons-react';
import { look, useConnected } from '@/api/connection';
import { useWords } from '@/i18n/words';
import classes from './ConnectionNotice.module.css';

/** As long as the server cannot be reached. It takes no room of its own and covers no button. */
export function ConnectionNotice() {
  const { connection } = useWords();
  const connected = useConnected();
  return (
    <div aria-live="polite" data-screen-only>
      {!connected && (
        <div className={classes.notice}>
          <IconCloudOff size={18} aria-hidden />
          <span>{connection.lost}</span>
          <Button size="compact-xs" variant="default" onClick={() => void look()}>
            {connection.now}
          </Button>
        </div>
      )}
    </div>
  );
}
