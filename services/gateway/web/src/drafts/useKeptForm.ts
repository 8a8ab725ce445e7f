import type { UseFormReturnType } from '@mantine/form';
import { useEffect, useRef, useState } from 'react';
import { useWords } from '@/i18n/words';
import { isSame, mergeValues, type Conflict } from '@/merging/mergeValues';
import { tell, tellUndoable } from '@/ui/notices';
import { useDraftName } from './DraftOwner';
import { dropDraft, keepDraft, readDraft, type Draft } from './drafts';

export type Kept<Values = unknown> = {
  /** When it was written, if the form shows what was written earlier. */
  since: string | undefined;
  /** What others saved since, where that is another thing than what was written here. */
  conflict: Conflict<Values> | undefined;
  /** The form is left by the way: what was written waits. */
  leave: () => void;
  /** What was written is not wanted; it can be taken back for a while. */
  discard: () => void;
  /** What was written is saved. */
  clear: () => void;
};

/**
 * Keeps what is written in a form over all that may end it before it is saved: Escape, another tab, a reload, the way
 * back, a session or a connection that is lost. `what` names the form and what it is about: `contact:new`.
 */
export function useKeptForm<Values extends object>(
  form: UseFormReturnType<Values>,
  what: string,
): Kept<Values> {
  const words = useWords();
  const name = useDraftName(what);
  const [found, setFound] = useState(() => readDraft<Values>(name));
  const [restored] = useState(() => found && restore(found, form.getInitialValues()));
  const seen = useRef(form.values);
  const { values } = form;

  useEffect(() => {
    if (restored) form.setValues(restored.values);
    // Once, when the form opens.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  useEffect(() => {
    if (seen.current === values) return;
    seen.current = values;
    const base = form.getInitialValues();
    if (isSame(values, base)) dropDraft(name);
    else keepDraft(name, { base, values, at: new Date().toISOString(), open: true });
  });

  const putBack = (draft: Draft<Values>) => {
    keepDraft(name, { ...draft, open: false });
    form.setValues(draft.values);
    tell(words.drafts.back);
  };
  return {
    since: found?.at,
    conflict: found && restored?.conflict,
    leave: () => {
      const draft = readDraft<Values>(name);
      if (!draft) return;
      keepDraft(name, { ...draft, open: false });
      tell(words.drafts.kept);
    },
    discard: () => {
      const draft = readDraft<Values>(name);
      dropDraft(name);
      setFound(undefined);
      form.setValues(form.getInitialValues());
      if (draft) tellUndoable(words.drafts.discarded, words.actions.undo, () => putBack(draft));
    },
    clear: () => dropDraft(name),
  };
}

/** What was written, on top of what is there now. */
function restore<Values extends object>(draft: Draft<Values>, now: Values) {
  const { values, conflicts } = mergeValues(draft.base, draft.values, now);
  return { values, conflict: conflicts.length > 0 ? { theirs: now, fields: conflicts } : undefined };
}
