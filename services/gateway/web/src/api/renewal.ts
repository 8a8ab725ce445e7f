/** What a session that is over does to the requests on their way: they wait until the same person is back. */
type Renewal = () => Promise<boolean>;

let ask: Renewal | undefined;
let asking: Promise<boolean> | undefined;

/** `renewal` asks for the login and answers whether the same person is back. Answers how to stop. */
export function renewWith(renewal: Renewal): () => void {
  ask = renewal;
  return () => {
    if (ask === renewal) ask = undefined;
  };
}

/** Many requests may find out together: the login is asked for once. */
export function renewed(): Promise<boolean> {
  asking ??= (ask ? ask() : Promise.resolve(false)).finally(() => (asking = undefined));
  return asking;
}
