import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { hasCode, isStale } from '@/api/problem';
import type { Document } from '@/api/types';
import { useDraftName } from '@/drafts/DraftOwner';
import { dropDraft } from '@/drafts/drafts';
import { useWords } from '@/i18n/words';
import { isSame } from '@/merging/mergeValues';
import { tellUndoable } from '@/ui/notices';
import { documentQuery, useSaveDraft } from './documents';
import { draftOf, isBegun, patchOf, type Draft } from './draft';
import { dropWritten, keepWritten, readWritten, saysTheSame } from './writtenDraft';

type Changes = Partial<Draft>;

const TYPING_PAUSE_MS = 700;

/** `invalid`: a day or a number cannot be read, so nothing is sent. */
export type SaveState = 'saved' | 'waiting' | 'saving' | 'invalid' | 'failed' | 'conflict';

/** Under what this browser keeps what is not at the server. */
export function useWrittenName(documentId: string): string {
  return useDraftName(`document:${documentId}`);
}

/**
 * A draft that saves itself when the typing pauses. The server fills in what was left open (prices, taxes), and says
 * when somebody else has changed the draft in between; then nothing is saved until one of the two is chosen. Until it
 * is saved it is kept in the browser as well: a reload, a closed tab, a lost session or connection takes nothing away.
 */
export function useDraft(document: Document) {
  const client = useQueryClient();
  const words = useWords();
  const { mutateAsync } = useSaveDraft();
  const name = useWrittenName(document.id);
  const [opened] = useState(document);
  const [found, setFound] = useState(() => readWritten(name, document));
  const [draft, setDraft] = useState(() => found?.draft ?? draftOf(document));
  const [theirs, setTheirs] = useState(() =>
    found && found.version !== document.version ? document : undefined,
  );
  const [state, setState] = useState<SaveState>(theirs ? 'conflict' : found ? 'waiting' : 'saved');
  const [error, setError] = useState<unknown>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  /** Saves wait for each other: each is on top of the version the one before it made. */
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const version = useRef(found?.version ?? document.version);
  const latest = useRef(draft);

  const take = (next: Draft) => {
    latest.current = next;
    setDraft(next);
  };
  const latestOfServer = () => client.query({ ...documentQuery(document.id), staleTime: 0 });

  const save = async (): Promise<boolean> => {
    const sent = latest.current;
    const changes = patchOf(sent);
    if (!changes) {
      setState('invalid');
      return false;
    }
    setState('saving');
    try {
      const saved = await mutateAsync({ id: document.id, version: version.current, changes });
      version.current = saved.version;
      if (latest.current === sent) {
        take(withOpenLines(saved, sent));
        dropWritten(name, sent, saved.version);
        setState('saved');
      } else keepWritten(name, latest.current, saved.version);
      setError(undefined);
      return true;
    } catch (problem) {
      setError(problem);
      if (isStale(problem)) return meet(sent);
      setState('failed');
      // Approved meanwhile: what it says now is shown, and what was written stays beside it.
      if (hasCode(problem, 'documents.not_a_draft')) await latestOfServer();
      return false;
    }
  };

  /** Somebody saved in between: unless it says what was sent, both are shown. */
  const meet = async (sent: Draft): Promise<boolean> => {
    const now = await latestOfServer();
    if (saysTheSame(sent, draftOf(now))) {
      version.current = now.version;
      dropWritten(name, sent, now.version);
      setState('saved');
      setError(undefined);
      return true;
    }
    setTheirs(now);
    setState('conflict');
    return false;
  };

  const saveSoon = (after: number) => {
    clearTimeout(timer.current);
    setState('waiting');
    timer.current = setTimeout(() => void enqueue(), after);
  };
  const enqueue = () => {
    clearTimeout(timer.current);
    timer.current = undefined;
    const saving = queue.current.then(save);
    queue.current = saving.catch(() => false);
    return saving;
  };

  const change = (changes: Changes | ((now: Draft) => Changes), { atOnce = false } = {}) => {
    const now = latest.current;
    take({ ...now, ...(typeof changes === 'function' ? changes(now) : changes) });
    keepWritten(name, latest.current, version.current);
    if (state !== 'conflict') saveSoon(atOnce ? 0 : TYPING_PAUSE_MS);
  };

  const takeTheirs = async () => {
    const now = await latestOfServer();
    version.current = now.version;
    dropDraft(name);
    setFound(undefined);
    setTheirs(undefined);
    take(draftOf(now));
    setState('saved');
  };
  const keepMine = async () => {
    version.current = (await latestOfServer()).version;
    setFound(undefined);
    setTheirs(undefined);
    await enqueue();
  };
  /** What was recovered is not wanted: the draft is again what it was when the page opened. */
  const discard = () => {
    const written = latest.current;
    const become = (next: Draft) => {
      take(next);
      keepWritten(name, next, version.current);
      saveSoon(0);
    };
    setFound(undefined);
    become(draftOf(opened));
    tellUndoable(words.drafts.discarded, words.actions.undo, () => become(written));
  };

  const saveWhatWaits = useEffectEvent(() => {
    if (timer.current !== undefined) void enqueue();
  });
  const saveWhatWasFound = useEffectEvent(() => {
    if (found && !theirs) void enqueue();
  });
  useEffect(() => {
    saveWhatWasFound();
    return () => saveWhatWaits();
  }, []);

  /** Everything typed is at the server; false when it is not. */
  const flush = () => (state === 'saved' ? Promise.resolve(true) : enqueue());

  const since = state === 'conflict' ? undefined : found?.at;
  return { draft, state, error, theirs, since, change, flush, takeTheirs, keepMine, discard };
}

/** The server's lines, and between them those nobody has begun yet. A line that is as it was stays the same object. */
function withOpenLines(saved: Document, sent: Draft): Draft {
  const keys = sent.lines.filter(isBegun).map(({ key }) => key);
  const next = draftOf(saved, keys);
  const theirs = new Map(next.lines.map((line) => [line.key, line]));
  const lines = sent.lines.map((line) => {
    const their = theirs.get(line.key);
    return their && !isSame(their, line) ? their : line;
  });
  return { ...next, lines };
}
