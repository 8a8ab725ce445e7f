import { ApiProblem, type FieldProblem } from '@/api/problem';
import type { Words } from '@/i18n/words/es';

/** What happened and what to do, in the user's words: by the code, else by the status. The server's detail is for programs. */
export function problemText(error: unknown, words: Words): string {
  if (!(error instanceof ApiProblem)) return words.problems.unexpected;
  if (error.status === 0) return words.problems.unreachable;
  // Refused as a whole: what is wrong with its fields is said at them.
  if (error.errors.length > 0) return words.problems.invalid;
  return (
    words.refusals.problems[error.code] ??
    (error.status >= 500 ? words.problems.unexpected : words.problems.refused)
  );
}

/** Messages by the field's path (`emails.0`, `billing_address.street`), for a form's `setErrors`. */
export function fieldErrors(error: unknown, words: Words): Record<string, string> {
  if (!(error instanceof ApiProblem)) return {};
  return Object.fromEntries(error.errors.map((problem) => [problem.field, fieldText(problem, words)]));
}

function fieldText({ field, code }: FieldProblem, { fields, refusals }: Words): string {
  // A check of our own without a code of its own: what the field is says more than the code.
  const said = code === 'value_error' && BY_FIELD.find(([pattern]) => pattern.test(field));
  return said ? fields[said[1]] : (refusals.fields[code] ?? fields.invalid);
}

const BY_FIELD: [RegExp, keyof Words['fields']][] = [
  [/^emails|email$|^(to|cc|bcc)\b/, 'email'],
  [/iban$/, 'iban'],
  [/bic$/, 'bic'],
  [/^phones|phone$/, 'phone'],
  [/tax_id$|vat_number$/, 'taxId'],
  [/website$/, 'website'],
  [/currency$/, 'currency'],
  [/country$/, 'country'],
];
