import { useState, type ReactNode } from 'react';
import { draftsOf, dropDraft } from '@/drafts/drafts';
import { useWords } from '@/i18n/words';
import { ConfirmDialog } from './ConfirmDialog';
import { useAttempt } from './useAttempt';

type Props = { owner: string; logOut: () => Promise<void>; door: string };

/**
 * Ends the session, and with it what this browser keeps of the person; asks first where that is unsaved work. Answers
 * what begins it, and the question, which stands outside of the menu that closes over it.
 */
export function useLoggingOut({ owner, logOut, door }: Props): [begin: () => void, question: ReactNode] {
  const { actions, drafts } = useWords();
  const attempt = useAttempt();
  const [unsaved, setUnsaved] = useState<string[]>([]);
  const leave = () =>
    attempt(logOut(), () => {
      draftsOf(owner).forEach(dropDraft);
      // A new page: nothing of who was here before stays in it.
      window.location.assign(door);
    });
  const begin = () => {
    const found = draftsOf(owner);
    if (found.length > 0) setUnsaved(found);
    else leave();
  };
  const question = (
    <ConfirmDialog
      opened={unsaved.length > 0}
      title={drafts.logOutAsk}
      confirm={actions.logOut}
      danger
      onConfirm={leave}
      onClose={() => setUnsaved([])}
    >
      {drafts.logOutHint(unsaved.length)}
    </ConfirmDialog>
  );
  return [begin, question];
}
