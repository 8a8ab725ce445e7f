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
export const renewed = login.asked;
export const confirmWith = password.askWith;
export const confirmed = password.asked;
