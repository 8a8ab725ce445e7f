import type { Contact, ContactIn, ContactKind, ContactRole, TaxIdType } from '@/api/types';
import { phoneText, readAddress } from './contactParts';

/** The form's fields, at the paths under which the server reports what is wrong with them. */
export type ContactValues = {
  kind: ContactKind;
  name: string;
  trade_name: string;
  roles: ContactRole[];
  emails: string[];
  phones: string[];
  website: string;
  tax_id: string;
  tax_id_type: TaxIdType | null;
  vat_number: string;
  billing_address: { street: string; city: string; postal_code: string; province: string; country: string };
  iban: string;
  defaults: { payment_days: string; discount_pct: string; language: string; currency: string };
  tags: string[];
};

export const NEW_CONTACT: ContactValues = {
  kind: 'company',
  name: '',
  trade_name: '',
  roles: ['client'],
  emails: [''],
  phones: [''],
  website: '',
  tax_id: '',
  tax_id_type: null,
  vat_number: '',
  billing_address: { street: '', city: '', postal_code: '', province: '', country: 'ES' },
  iban: '',
  defaults: { payment_days: '', discount_pct: '', language: '', currency: '' },
  tags: [],
};

export function valuesOf(contact: Contact): ContactValues {
  const address = readAddress(contact);
  const { defaults } = contact;
  return {
    kind: contact.kind,
    name: contact.name,
    trade_name: contact.trade_name ?? '',
    roles: contact.roles,
    emails: contact.emails.length > 0 ? contact.emails : [''],
    phones: contact.phones.length > 0 ? contact.phones.map(phoneText) : [''],
    website: contact.website ?? '',
    tax_id: contact.tax_id ?? '',
    tax_id_type: contact.tax_id_type,
    vat_number: contact.vat_number ?? '',
    billing_address: {
      street: address?.street ?? '',
      city: address?.city ?? '',
      postal_code: address?.postal_code ?? '',
      province: address?.province ?? '',
      country: address?.country ?? 'ES',
    },
    iban: shown(contact.bank_accounts[0]?.iban),
    defaults: {
      payment_days: shown(defaults.payment_days),
      discount_pct: shown(defaults.discount_pct),
      language: shown(defaults.language),
      currency: shown(defaults.currency),
    },
    tags: contact.tags,
  };
}

/** As the server takes it. What the form does not show of `before` stays in it. */
export function bodyOf(values: ContactValues, before?: Contact): ContactIn {
  const { street, city, postal_code, province, country } = values.billing_address;
  const hasAddress = Boolean(street.trim() || city.trim() || postal_code.trim());
  const { payment_days, discount_pct, language, currency } = values.defaults;
  const [firstAccount, ...otherAccounts] = before?.bank_accounts ?? [];
  const iban = values.iban.replaceAll(' ', '');
  return {
    kind: values.kind,
    name: values.name.trim(),
    trade_name: orNull(values.trade_name),
    roles: values.roles,
    emails: filled(values.emails),
    phones: filled(values.phones),
    website: orNull(values.website),
    tax_id: orNull(values.tax_id),
    tax_id_type: values.tax_id.trim() ? values.tax_id_type : null,
    vat_number: orNull(values.vat_number),
    billing_address: hasAddress
      ? { street, city, postal_code: orNull(postal_code), province: orNull(province), country }
      : null,
    bank_accounts: [
      ...(iban ? [{ ...firstAccount, iban }] : []),
      ...otherAccounts,
    ] as ContactIn['bank_accounts'],
    defaults: {
      ...before?.defaults,
      payment_days: payment_days === '' ? null : Number(payment_days),
      discount_pct: discount_pct || null,
      language: orNull(language),
      currency: orNull(currency),
    },
    tags: values.tags,
  };
}

/** What the form about it is kept under. */
export function contactDraft(contact?: Contact): string {
  return `contact:${contact?.id ?? 'new'}`;
}

/** Where the form shows what the server says of a field. */
export function formPath(field: string, values: ContactValues): string {
  if (field.startsWith('bank_accounts')) return 'iban';
  const [, list, index] = /^(emails|phones)\.(\d+)$/.exec(field) ?? [];
  if (list !== 'emails' && list !== 'phones') return field;
  // The server counts the rows that it was sent: those with something in them.
  const sent = values[list].flatMap((row, at) => (row.trim() ? [at] : []));
  return `${list}.${sent[Number(index)] ?? 0}`;
}

function filled(rows: string[]): string[] {
  return rows.map((row) => row.trim()).filter(Boolean);
}

function orNull(value: string): string | null {
  return value.trim() || null;
}

function shown(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
