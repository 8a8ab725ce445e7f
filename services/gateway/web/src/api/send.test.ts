import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { send } from './send';

type Ask = { method: string; body?: string; path?: string };

const asked: Request[] = [];
let status = 200;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  asked.length = 0;
  status = 200;
  vi.stubGlobal('fetch', (request: Request) => {
    asked.push(request);
    return Promise.resolve(new Response(`{"n": ${asked.length}}`, { status }));
  });
});

afterEach(() => {
  vi.advanceTimersByTime(60_000);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function answerTo({ method, body, path = '/api/v1/documents' }: Ask): Promise<number> {
  const answer = await send(new Request(`http://ficha.test${path}`, { method, body }));
  return ((await answer.json()) as { n: number }).n;
}

const PAY: Ask = { method: 'POST', body: '{"amount": "1"}' };

describe('one press', () => {
  it.each(['POST', 'PATCH', 'PUT', 'DELETE'])(
    'of %s is one write, however often it is clicked',
    async (method) => {
      const write = { method, body: method === 'DELETE' ? undefined : '{}' };
      expect(await Promise.all([answerTo(write), answerTo(write)])).toEqual([1, 1]);
      vi.advanceTimersByTime(400);
      expect(await answerTo(write)).toBe(1);
      expect(asked).toHaveLength(1);
    },
  );

  it('is over after a moment', async () => {
    await answerTo(PAY);
    vi.advanceTimersByTime(1500);
    expect(await answerTo(PAY)).toBe(2);
  });

  it('is over when something else is written', async () => {
    const on = { method: 'PATCH', body: '{"pinned": true}' };
    const off = { method: 'PATCH', body: '{"pinned": false}' };
    expect(await answerTo(on)).toBe(1);
    expect(await answerTo(off)).toBe(2);
    expect(await answerTo(on)).toBe(3);
  });

  it.each([409, 422, 500])('is tried again after a refusal (%d)', async (refused) => {
    status = refused;
    await answerTo(PAY);
    await answerTo(PAY);
    expect(asked).toHaveLength(2);
  });

  it('never stands in for reading', async () => {
    await answerTo({ method: 'GET' });
    await answerTo({ method: 'GET' });
    expect(asked).toHaveLength(2);
  });
});
