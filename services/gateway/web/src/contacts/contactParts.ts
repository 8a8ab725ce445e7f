/** Parts of a contact that the API's document leaves open, read with care. */
import type { Address, Contact } from '@/api/types';

export function readAddress({ billing_address }: Contact): Address | null {
  if (!billing_address) return null;
  const { street, city, postal_code, province, country } = billing_address;
  return {
    street: text(street) ?? '',
    city: text(city) ?? '',
    postal_code: text(postal_code),
    province: text(province),
    country: text(country) ?? '',
  };
}

export function addressLines(address: Address, countryName: (code: string) => string): string[] {
  const town = [address.postal_code, address.city].filter(Boolean).join(' ');
  const region = address.province && address.province !== address.city ? address.province : null;
  return [address.street, region ? `${town} (${region})` : town, countryName(address.country)].filter(
    Boolean,
  );
}

export function readBankAccounts({ bank_accounts }: Contact): { iban: string }[] {
  return bank_accounts.flatMap(({ iban }) => (typeof iban === 'string' ? [{ iban }] : []));
}

/** `+34912345678;ext=12` (RFC 3966) as people write it, which is read back as the same. */
export function phoneText(phone: string): string {
  return phone.replace(';ext=', ' ext. ');
}

/** In groups of four, as printed on paper (ISO 13616). */
export function ibanGroups(iban: string): string {
  return iban.replace(/(.{4})(?=.)/g, '$1 ');
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value ? value : null;
}
