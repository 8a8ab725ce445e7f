/** How requests travel. What is written is written once, whatever breaks on the way and however often it is pressed. */
import { connectionFound, connectionLost } from './connection';
import { confirmed, renewed } from './renewal';
import { dropKey, keepKey, keyOf, newKey, sentAs } from './unanswered';

/** Writes on their way, by what they say: the same one again waits for the first one's answer. */
const running = new Map<string, Promise<Response>>();
/** The write that was done last: for a moment the same one again is the same press (a double click), and is answered so. */
let done: { name: string; answer: Response; at: number } | undefined;
const ONE_PRESS_MS = 1000;

/** Instead of `fetch`. Rejects with a TypeError when the server cannot be reached. */
export async function send(request: Request): Promise<Response> {
  if (request.method === 'GET' || isLogin(request)) return settled(request);
  const said = [request.method, request.url, request.headers.get('If-Match'), await request.clone().text()];
  const name = said.join('\n');
  const sending = running.get(name) ?? justDone(name) ?? start(request, name);
  return (await sending).clone();
}

function justDone(name: string): Response | undefined {
  return done?.name === name && performance.now() - done.at < ONE_PRESS_MS ? done.answer : undefined;
}

function start(request: Request, name: string): Promise<Response> {
  done = undefined;
  const sending = write(request, name).finally(() => running.delete(name));
  running.set(name, sending);
  return sending.then((answer) => {
    if (answer.ok) done = { name, answer, at: performance.now() };
    return answer;
  });
}

async function write(request: Request, name: string): Promise<Response> {
  if (request.method !== 'POST') return settled(request);
  const sent = await sentAs(name);
  const key = keyOf(sent) ?? newKey();
  request.headers.set('Idempotency-Key', key);
  keepKey(sent, key);
  const answer = await settled(request);
  // After a 5xx nobody knows whether it was done.
  if (answer.status < 500) dropKey(sent);
  return answer;
}

/** The answer; where the session is over, or the password is wanted once more, that after the person has given it. */
async function settled(request: Request): Promise<Response> {
  const spare = request.clone();
  const answer = await reached(request);
  const given = isLogin(request) ? undefined : await questionOf(answer);
  return (await given?.()) ? reached(spare) : answer;
}

async function reached(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request);
    connectionFound();
    return answer;
  } catch (error) {
    if (!(error instanceof DOMException)) connectionLost();
    throw error;
  }
}

function isLogin({ method, url }: Request): boolean {
  return method !== 'GET' && new URL(url).pathname.endsWith('/session');
}

async function questionOf(answer: Response): Promise<(() => Promise<boolean>) | undefined> {
  if (answer.status !== 401 && answer.status !== 403) return undefined;
  const { code } = (await answer
    .clone()
    .json()
    .catch(() => ({}))) as { code?: string };
  if (code?.endsWith('.not_logged_in')) return renewed;
  return code === 'gateway.confirm_password' ? confirmed : undefined;
}
