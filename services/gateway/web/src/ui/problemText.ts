import { ApiProblem, type FieldProblem } from '@/api/problem';
import type { Words } from '@/i18n/words/es';

/** What happened, in the user's words. The server's own detail is the last resort: it speaks English. */
export function problemText(error: unknown, words: Words): string {
  if (!(error instanceof ApiProblem)) return words.problems.unexpected;
  const refusal = words.refusals[error.code];
  if (refusal) return refusal;
  switch (error.status) {
    case 0:
      return words.problems.unreachable;
    case 403:
      return words.problems.forbidden;
    case 404:
      return words.problems.notFound;
    case 412:
      return words.problems.stale;
    case 422:
      return error.errors.length > 0 ? words.problems.invalid : error.message;
    case 429:
      return words.problems.tooMany;
    case 502:
    case 503:
    case 504:
      return words.problems.unavailable;
    default:
      return error.status >= 500 ? words.problems.unexpected : error.message;
  }
}

/** Messages by the field's path (`emails.0`, `billing_address.street`), for a form's `setErrors`. */
export function fieldErrors(error: unknown, words: Words): Record<string, string> {
  if (!(error instanceof ApiProblem)) return {};
  return Object.fromEntries(error.errors.map((problem) => [problem.field, fieldText(problem, words)]));
}

function fieldText({ field, code, detail }: FieldProblem, { fields }: Words): string {
  return BY_CODE[code]?.(fields) ?? BY_FIELD.find(([pattern]) => pattern.test(field))?.[1](fields) ?? detail;
}

type Pick = (fields: Words['fields']) => string;

const BY_CODE: Record<string, Pick | undefined> = {
  missing: (fields) => fields.missing,
  string_too_short: (fields) => fields.tooShort,
  password_common: (fields) => fields.passwordCommon,
  password_personal: (fields) => fields.passwordPersonal,
  string_too_long: (fields) => fields.tooLong,
  decimal_parsing: (fields) => fields.number,
  int_parsing: (fields) => fields.number,
  date_from_datetime_parsing: (fields) => fields.date,
  greater_than: (fields) => fields.range,
  greater_than_equal: (fields) => fields.range,
  less_than: (fields) => fields.range,
  less_than_equal: (fields) => fields.range,
};

const BY_FIELD: [RegExp, Pick][] = [
  [/^emails|email$/, (fields) => fields.email],
  [/iban$/, (fields) => fields.iban],
  [/bic$/, (fields) => fields.bic],
  [/^phones/, (fields) => fields.phone],
  [/tax_id$|vat_number$/, (fields) => fields.taxId],
  [/website$/, (fields) => fields.website],
];
