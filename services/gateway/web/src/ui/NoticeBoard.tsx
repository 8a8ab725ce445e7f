import '@mantine/notifications/styles.layer.css';

import { Notifications } from '@mantine/notifications';

/** Where `tell` and its like are shown; comes after the page. */
export function NoticeBoard() {
  return <Notifications position="bottom-center" limit={3} />;
}
