import type { Document, DocumentPatch } from '@/api/types';
import { isDay } from '@/ui/dates/typedDay';
import { isDecimal } from '@/ui/decimalText';
import type { LineFigures } from './amounts';

/** A line as it is written; a number that cannot be read stands in it as typed. What is empty the server fills. */
export type DraftLine = {
  key: number;
  product_id: string | null;
  description: string;
  quantity: string;
  unit_price: string;
  discount_pct: string;
  taxes: string[] | null;
};

export type Draft = {
  issue_date: string | null;
  due_date: string | null;
  payment_method: string | null;
  supplier_number: string;
  corrects_id: string | null;
  notes: string;
  lines: DraftLine[];
};

let lastKey = 0;

export function emptyLine(): DraftLine {
  return {
    key: ++lastKey,
    product_id: null,
    description: '',
    quantity: '1',
    unit_price: '',
    discount_pct: '',
    taxes: null,
  };
}

/** `keys` are those of the lines shown now, so that fields keep their place and focus when the server's answer comes. */
export function draftOf(document: Document, keys: number[] = []): Draft {
  return {
    issue_date: document.issue_date,
    due_date: document.due_date,
    payment_method: document.payment_method,
    supplier_number: document.supplier_number ?? '',
    corrects_id: document.corrects_id,
    notes: document.notes ?? '',
    lines: document.lines.map((line, index) => ({
      key: keys[index] ?? ++lastKey,
      product_id: line.product_id,
      description: line.description,
      quantity: line.quantity,
      unit_price: withoutZeros(line.unit_price),
      discount_pct: line.discount_pct,
      taxes: line.taxes,
    })),
  };
}

/** For what another page wrote: its keys may be those of other lines here. */
export function withOwnKeys(draft: Draft): Draft {
  return { ...draft, lines: draft.lines.map((line) => ({ ...line, key: ++lastKey })) };
}

/** A line somebody has begun; the others are not sent. */
export function isBegun(line: DraftLine): boolean {
  return line.product_id !== null || line.description.trim() !== '';
}

export function wrongNumbers(line: DraftLine): ('quantity' | 'unit_price' | 'discount_pct')[] {
  return (['quantity', 'unit_price', 'discount_pct'] as const).filter(
    (field) => line[field] !== '' && !isDecimal(line[field]),
  );
}

/** What the server is told; null while a day or a number cannot be read. */
export function patchOf(draft: Draft): DocumentPatch | null {
  const lines = draft.lines.filter(isBegun);
  if (lines.some((line) => wrongNumbers(line).length > 0) || !draft.issue_date) return null;
  if (![draft.issue_date, draft.due_date ?? draft.issue_date].every(isDay)) return null;
  return {
    issue_date: draft.issue_date,
    due_date: draft.due_date,
    payment_method: draft.payment_method,
    supplier_number: draft.supplier_number.trim() || null,
    corrects_id: draft.corrects_id,
    notes: draft.notes.trim() || null,
    lines: lines.map((line) => ({
      product_id: line.product_id,
      description: line.description.trim() || null,
      quantity: line.quantity || '1',
      // Nothing typed: with a product it is the product's, without one it costs nothing yet.
      unit_price: line.unit_price === '' ? (line.product_id ? null : '0') : line.unit_price,
      discount_pct: line.discount_pct === '' ? null : line.discount_pct,
      taxes: line.taxes,
    })),
  };
}

export function figuresOf(line: DraftLine): LineFigures {
  return {
    quantity: figure(line.quantity),
    unit_price: figure(line.unit_price),
    discount_pct: figure(line.discount_pct),
    taxes: line.taxes ?? [],
  };
}

function figure(written: string): string {
  return isDecimal(written) ? written : '0';
}

/** `12.500000` → `12.50`: two decimals, and more only where they say something. */
function withoutZeros(price: string): string {
  return price.replace(/(\.\d{2}\d*?)0+$/, '$1');
}
