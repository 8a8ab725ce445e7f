import createClient, { type Middleware } from 'openapi-fetch';
import { ApiProblem } from './problem';
import type { paths } from './schema';

/** A repeated POST with the same key does its work once: the browser repeats some by itself when a connection breaks. */
const idempotency: Middleware = {
  onRequest({ request }) {
    if (request.method === 'POST') request.headers.set('Idempotency-Key', newKey());
  },
};

export const api = createClient<paths>({ baseUrl: '/' });
api.use(idempotency);

type Answer<Data> = { data?: Data; error?: unknown; response: Response };

/** The data of an answer; throws ApiProblem for every other one. */
export async function dataOf<Data>(asked: Promise<Answer<Data>>): Promise<Data> {
  return (await settled(asked)).data as Data;
}

/** For answers without a body. */
export async function done(asked: Promise<Answer<unknown>>): Promise<void> {
  await settled(asked);
}

/** The header that makes a write fail with 412 when somebody else wrote in between. */
export function ifMatch(version: number) {
  return { 'if-match': `"${version}"` };
}

async function settled<Data>(asked: Promise<Answer<Data>>): Promise<Answer<Data>> {
  const answer = await asked.catch((error: unknown) => {
    throw error instanceof DOMException ? error : new ApiProblem({ status: 0 });
  });
  if (answer.response.ok) return answer;
  const problem = typeof answer.error === 'object' ? answer.error : null;
  throw new ApiProblem({ ...problem, status: answer.response.status });
}

function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
