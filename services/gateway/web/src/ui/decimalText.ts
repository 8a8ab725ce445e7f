/**
 * A number as people type it → as the API takes it; null when it is none. Spanish and English grouping are both read;
 * where they differ (`1.234`, `1,234`) it is Spanish.
 */
export function decimalText(typed: string): string | null {
  const text = typed.replace(/[\s€$]/g, '');
  if (SPANISH.test(text)) return text.replaceAll('.', '').replace(',', '.');
  if (ENGLISH.test(text)) return text.replaceAll(',', '');
  return UNGROUPED.test(text) ? text.replace(',', '.').replace(/^(-?)\./, '$10.') : null;
}

const SPANISH = /^-?[1-9]\d{0,2}(\.\d{3})+(,\d+)?$/;
const ENGLISH = /^-?[1-9]\d{0,2}((,\d{3})+\.\d+|(,\d{3}){2,})$/;
const UNGROUPED = /^-?(\d+([.,]\d+)?|[.,]\d+)$/;
