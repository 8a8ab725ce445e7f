import { describe, expect, it } from 'vitest';
import { ApiProblem } from '@/api/problem';
import { words as ca } from '@/i18n/words/ca';
import { words as es } from '@/i18n/words/es';
import { fieldErrors, problemText } from './problemText';

const refused = (code: string, status: number, field?: { field: string; code: string }) =>
  new ApiProblem({
    status,
    code,
    detail: 'In English',
    errors: field && [{ ...field, detail: 'In English' }],
  });

describe('problemText', () => {
  it.each([
    [refused('documents.no_lines', 422), 'Añade al menos una línea antes de aprobar.'],
    [refused('invalid', 422, { field: 'name', code: 'missing' }), 'Revisa los campos marcados.'],
    [refused('younger.than_this_page', 409), es.problems.refused],
    [refused('younger.than_this_page', 500), es.problems.unexpected],
    [new ApiProblem({ status: 0 }), es.problems.unreachable],
    [new Error('In English'), es.problems.unexpected],
  ])('says %s in Spanish', (error, text) => {
    expect(problemText(error, es)).toBe(text);
  });
});

describe('fieldErrors', () => {
  it.each([
    ['lines.3.quantity', 'decimal_parsing', 'No és un número vàlid. Escriu-lo com 1234,50.'],
    ['emails.1', 'value_error', ca.fields.email],
    ['bank_accounts.0.iban', 'value_error', ca.fields.iban],
    ['whatever', 'younger_than_this_page', ca.fields.invalid],
  ])('says of %s that it is %s, in Catalan', (field, code, text) => {
    expect(fieldErrors(refused('invalid', 422, { field, code }), ca)).toEqual({ [field]: text });
  });
});
