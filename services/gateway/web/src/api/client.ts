import createClient from 'openapi-fetch';
import { ApiProblem } from './problem';
import type { paths } from './schema';
import { send } from './send';

export const api = createClient<paths>({ baseUrl: '/', fetch: send });

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
