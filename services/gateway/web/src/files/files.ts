import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, done } from '@/api/client';
import { connectionLost } from '@/api/connection';
import { keys } from '@/api/keys';
import { ApiProblem, isUnauthenticated } from '@/api/problem';
import { renewed } from '@/api/renewal';
import type { StoredFile } from '@/api/types';
import { showInList, takeBackOnError } from '@/panel/optimistic';

export function fileListQuery(contactId: string) {
  return infiniteQueryOptions({
    queryKey: keys.files(contactId),
    queryFn: ({ pageParam, signal }) =>
      dataOf(
        api.GET('/api/v1/contacts/{contact_id}/files', {
          params: { path: { contact_id: contactId }, query: { limit: 50, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function contentUrl(file: StoredFile, inline = false): string {
  return `/api/v1/files/${file.id}/content${inline ? '?inline=true' : ''}`;
}

/** What browsers show by themselves, and the server lets them. */
export function isShowable({ media_type }: StoredFile): boolean {
  return ['application/pdf', 'image/png', 'image/jpeg', 'image/gif', 'image/webp', 'text/plain'].includes(
    media_type,
  );
}

/** A session that is over in between is asked for, and the file sent again. */
export async function uploadFile(...upload: Parameters<typeof sendFile>): Promise<void> {
  try {
    await sendFile(...upload);
  } catch (error) {
    if (!isUnauthenticated(error) || !(await renewed())) throw error;
    await sendFile(...upload);
  }
}

/** XMLHttpRequest, because fetch does not tell how much has been sent. `onProgress` takes 0 to 1. */
function sendFile(
  contactId: string,
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
  key: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/v1/contacts/${contactId}/files`);
    request.setRequestHeader('Idempotency-Key', key);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    request.onload = () => {
      if (request.status === 201) resolve();
      else reject(problemOf(request));
    };
    request.onerror = () => {
      connectionLost();
      reject(new ApiProblem({ status: 0 }));
    };
    request.onabort = () => reject(new DOMException('Cancelled', 'AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    const form = new FormData();
    form.append('file', file);
    request.send(form);
  });
}

export function useFileRemoval(contactId: string) {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: keys.contact(contactId) });
  const at = ({ id }: StoredFile) => ({ params: { path: { file_id: id } } });
  return {
    remove: useMutation({
      mutationFn: (file: StoredFile) => done(api.DELETE('/api/v1/files/{file_id}', at(file))),
      onMutate: ({ id }) =>
        showInList<StoredFile>(client, keys.files(contactId), (files) =>
          files.filter((each) => each.id !== id),
        ),
      onError: takeBackOnError,
      onSettled,
    }),
    restore: useMutation({
      mutationFn: (file: StoredFile) => dataOf(api.POST('/api/v1/files/{file_id}/restore', at(file))),
      onSettled,
    }),
  };
}

function problemOf(request: XMLHttpRequest): ApiProblem {
  try {
    return new ApiProblem({ ...(JSON.parse(request.responseText) as object), status: request.status });
  } catch {
    return new ApiProblem({ status: request.status });
  }
}
