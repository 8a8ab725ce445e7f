import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { isStale } from '@/api/problem';
import type { Document } from '@/api/types';
import { isSame } from '@/merging/mergeValues';
import { documentQuery, useSaveDraft } from './documents';
import { draftOf, isBegun, patchOf, type Draft } from './draft';

type Changes = Partial<Draft>;

const TYPING_PAUSE_MS = 700;

export type SaveState = 'saved' | 'waiting' | 'saving' | 'failed' | 'conflict';

/**
 * A draft that saves itself when the typing pauses. The server fills in what was left open (prices, taxes), and says
 * when somebody else has changed the draft in between; then nothing is saved until one of the two is chosen.
 */
export function useDraft(document: Document) {
  const client = useQueryClient();
  const { mutateAsync } = useSaveDraft();
  const [draft, setDraft] = useState(() => draftOf(document));
  const [state, setState] = useState<SaveState>('saved');
  const [error, setError] = useState<unknown>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  /** Saves wait for each other: each is on top of the version the one before it made. */
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const version = useRef(document.version);
  const latest = useRef(draft);

  const take = (next: Draft) => {
    latest.current = next;
    setDraft(next);
  };

  const save = async () => {
    const sent = latest.current;
    const changes = patchOf(sent);
    if (!changes) return false;
    setState('saving');
    try {
      const saved = await mutateAsync({ id: document.id, version: version.current, changes });
      version.current = saved.version;
      if (latest.current === sent) {
        take(withOpenLines(saved, sent));
        setState('saved');
      }
      setError(undefined);
      return true;
    } catch (problem) {
      setState(isStale(problem) ? 'conflict' : 'failed');
      setError(problem);
      return false;
    }
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
    queue.current = saving;
    return saving;
  };

  const change = (changes: Changes | ((now: Draft) => Changes), { atOnce = false } = {}) => {
    const now = latest.current;
    take({ ...now, ...(typeof changes === 'function' ? changes(now) : changes) });
    if (state !== 'conflict') saveSoon(atOnce ? 0 : TYPING_PAUSE_MS);
  };

  const latestOfServer = () => client.query({ ...documentQuery(document.id), staleTime: 0 });
  const takeTheirs = async () => {
    const theirs = await latestOfServer();
    version.current = theirs.version;
    take(draftOf(theirs));
    setState('saved');
  };
  const keepMine = async () => {
    version.current = (await latestOfServer()).version;
    await enqueue();
  };

  const saveWhatWaits = useEffectEvent(() => {
    if (timer.current !== undefined) void enqueue();
  });
  useEffect(() => () => saveWhatWaits(), []);

  /** Everything typed is at the server; false when it is not. */
  const flush = () => (state === 'saved' ? Promise.resolve(true) : enqueue());

  return { draft, state, error, change, flush, takeTheirs, keepMine };
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
