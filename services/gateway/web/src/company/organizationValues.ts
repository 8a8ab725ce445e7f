import type { Organization } from '@/api/types';

type Address = { street: string; city: string; postal_code: string; province: string; country: string };

/** The form's fields, at the paths under which the server reports what is wrong with them. */
export type OrganizationValues = {
  name: string;
  tax_id: string;
  email: string;
  phone: string;
  website: string;
  iban: string;
  bic: string;
  color: string;
  time_zone: string;
  address: Address;
};

const NOWHERE: Address = { street: '', city: '', postal_code: '', province: '', country: 'ES' };

export function valuesOf(organization: Organization): OrganizationValues {
  const address = organization.address as Partial<Record<keyof Address, string | null>> | null;
  return {
    name: organization.name,
    tax_id: organization.tax_id ?? '',
    email: organization.email ?? '',
    phone: organization.phone ?? '',
    website: organization.website ?? '',
    iban: organization.iban ?? '',
    bic: organization.bic ?? '',
    color: organization.color ?? '',
    time_zone: organization.time_zone,
    address: {
      street: address?.street ?? '',
      city: address?.city ?? '',
      postal_code: address?.postal_code ?? '',
      province: address?.province ?? '',
      country: address?.country ?? NOWHERE.country,
    },
  };
}

/** As the API takes it: an empty field is none, and so is an address without street and city. It refuses an empty name. */
export function bodyOf({ name, address, ...texts }: OrganizationValues) {
  const blank = ([field, value]: [string, string]) => [field, value.trim() || null] as const;
  const given: Record<string, string | null> = Object.fromEntries(Object.entries(texts).map(blank));
  return { ...given, name: name.trim(), address: addressOf(address) };
}

function addressOf({ street, city, postal_code, province, country }: Address) {
  if (!street.trim() && !city.trim()) return null;
  return {
    street: street.trim(),
    city: city.trim(),
    postal_code: postal_code.trim() || null,
    province: province.trim() || null,
    country,
  };
}
