import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { keys } from '@/api/keys';
import { newKey } from '@/api/unanswered';
import { uploadFile } from './files';

export type Upload = {
  id: number;
  file: File;
  /** The same for every attempt: however many arrive, the file is there once (`Idempotency-Key`). */
  key: string;
  share: number;
  error?: unknown;
};

/** Files on their way up: chosen first, sent when confirmed, one after the other. */
export function useUploads(contactId: string, onDone: (count: number) => void) {
  const client = useQueryClient();
  const [uploads, setUploads] = useState<Upload[]>([]);
  const [sending, setSending] = useState(false);
  const nextId = useRef(0);
  const cancelling = useRef<AbortController>(null);

  const change = (id: number, changes: Partial<Upload>) =>
    setUploads((before) => before.map((each) => (each.id === id ? { ...each, ...changes } : each)));
  const drop = (id: number) => setUploads((before) => before.filter((each) => each.id !== id));

  const choose = (files: Iterable<File>) => {
    const chosen = Array.from(files, (file) => ({ id: nextId.current++, file, key: newKey(), share: 0 }));
    setUploads((before) => [...before, ...chosen]);
  };

  const confirm = async () => {
    const controller = new AbortController();
    cancelling.current = controller;
    setSending(true);
    let sent = 0;
    for (const { id, file, key } of uploads) {
      try {
        await uploadFile(
          contactId,
          file,
          (share) => change(id, { share, error: undefined }),
          controller.signal,
          key,
        );
        drop(id);
        sent++;
      } catch (error) {
        if (isAbort(error)) break;
        change(id, { share: 0, error });
      }
    }
    setSending(false);
    if (sent > 0) {
      onDone(sent);
      await client.invalidateQueries({ queryKey: keys.contact(contactId) });
    }
  };

  const cancel = () => {
    cancelling.current?.abort();
    setUploads([]);
  };

  return { uploads, sending, choose, drop, confirm, cancel };
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
