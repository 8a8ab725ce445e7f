import { Select, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useMemo } from 'react';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { COUNTRIES } from './countries';

type Props<Values> = { form: UseFormReturnType<Values>; at: string };

/** The fields of the address that the form has at this path. */
export function AddressInputs<Values>({ form, at }: Props<Values>) {
  const { contactForm } = useTexts();
  const { country } = useFormats();
  const countries = useMemo(
    () =>
      COUNTRIES.map((code) => ({ value: code, label: country(code) })).sort((one, other) =>
        one.label.localeCompare(other.label),
      ),
    [country],
  );
  return (
    <>
      <TextInput label={contactForm.street} {...form.getInputProps(`${at}.street`)} />
      <TextInput label={contactForm.city} {...form.getInputProps(`${at}.city`)} />
      <TextInput label={contactForm.postalCode} {...form.getInputProps(`${at}.postal_code`)} />
      <TextInput label={contactForm.province} {...form.getInputProps(`${at}.province`)} />
      <Select
        label={contactForm.country}
        searchable
        allowDeselect={false}
        data={countries}
        {...form.getInputProps(`${at}.country`)}
      />
    </>
  );
}
