import { describe, expect, it } from 'vitest';
import { words as ca } from './ca';
import { words as en } from './en';
import { words as es } from './es';

describe('documentStatusOf', () => {
  it('agrees with what the document is called', () => {
    expect(es.documentStatusOf('invoice', 'approved')).toBe('Aprobada');
    expect(es.documentStatusOf('estimate', 'approved')).toBe('Aprobado');
    expect(es.documentStatusOf('sales_order', 'voided')).toBe('Anulado');
    expect(ca.documentStatusOf('sales_order', 'voided')).toBe('Anul·lada');
    expect(ca.documentStatusOf('sales_receipt', 'paid')).toBe('Pagat');
    expect(en.documentStatusOf('estimate', 'approved')).toBe('Approved');
  });
});
