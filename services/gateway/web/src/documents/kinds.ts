import type { DocumentType } from '@/api/types';

export const SALES_TYPES: DocumentType[] = [
  'invoice',
  'sales_receipt',
  'credit_note',
  'estimate',
  'proforma',
  'delivery_note',
  'sales_order',
];
export const PURCHASE_TYPES: DocumentType[] = [
  'purchase_invoice',
  'purchase_receipt',
  'purchase_credit_note',
  'purchase_order',
];

const SALES_CHAIN: DocumentType[] = [
  'estimate',
  'proforma',
  'sales_order',
  'delivery_note',
  'invoice',
  'sales_receipt',
];

/** What an approved document may be turned into: the server's table, without copies of the same type. */
export const BECOMES: Record<DocumentType, DocumentType[]> = {
  invoice: ['credit_note', 'delivery_note'],
  sales_receipt: ['credit_note', 'invoice'],
  credit_note: [],
  estimate: SALES_CHAIN.filter((type) => type !== 'estimate'),
  proforma: SALES_CHAIN.filter((type) => type !== 'proforma'),
  delivery_note: SALES_CHAIN.filter((type) => type !== 'delivery_note'),
  sales_order: SALES_CHAIN.filter((type) => type !== 'sales_order'),
  purchase_invoice: ['purchase_credit_note'],
  purchase_receipt: ['purchase_credit_note', 'purchase_invoice'],
  purchase_credit_note: [],
  purchase_order: ['purchase_invoice', 'purchase_receipt'],
};

/** The types a credit note may correct. */
export const CORRECTS: Partial<Record<DocumentType, DocumentType[]>> = {
  credit_note: ['invoice', 'sales_receipt'],
  purchase_credit_note: ['purchase_invoice', 'purchase_receipt'],
};

/** As the API spells them, the usual first. */
export const PAYMENT_METHODS = ['transfer', 'direct_debit', 'card', 'cash'] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];
