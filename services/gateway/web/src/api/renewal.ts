/** What makes requests wait for the person who sent them: a session that is over, a password to be given once more. */
type Question = () => Promise<boolean>;

/** `ask` asks the person, and answers whether the same one gave what it takes. */
function createQuestion() {
  let ask: Question | undefined;
  let asking: Promise<boolean> | undefined;
  return {
    /** Answers how to stop. */
    askWith: (question: Question) => {
      ask = question;
      return () => {
        if (ask === question) ask = undefined;
      };
    },
    /** Many requests may find out together: it is asked once. */
    asked: (): Promise<boolean> =>
      (asking ??= (ask?.() ?? Promise.resolve(false)).finally(() => (asking = undefined))),
  };
}

const login = createQuestion();
const password = createQuestion();

export const renewWith = login.askWith;
const listeners = new Set<() => void>();
export const confirmWith = password.askWith;
export const confirmed = password.asked;

/** `listener` hears of each time that the same person is back. Answers how to stop. */
export function onRenewed(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export async function renewed(): Promise<boolean> {
  const back = await login.asked();
  if (back) for (const tell of listeners) tell();
  return back;
}
