/** What the server refuses, by its code; a test holds these to all codes that there are, in three languages. */
export type Refusals = {
  /** Codes of whole problems. */
  problems: Partial<Record<string, string>>;
  /** Codes of single fields. */
  fields: Partial<Record<string, string>>;
};
