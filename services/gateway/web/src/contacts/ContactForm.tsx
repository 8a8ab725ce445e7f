import {
  Button,
  Fieldset,
  Group,
  Modal,
  MultiSelect,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  TagsInput,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { api, dataOf } from '@/api/client';
import { isStale } from '@/api/problem';
import type { Contact } from '@/api/types';
import { useTexts } from '@/app/texts';
import { LANGUAGE_NAMES, LOCALES } from '@/i18n/locale';
import { tellProblem } from '@/ui/notices';
import { fieldErrors, problemText } from '@/ui/problemText';
import { AddressInputs } from './AddressInputs';
import { ContactConflict } from './ContactConflict';
import { bodyOf, formPath, NEW_CONTACT, valuesOf, type ContactValues } from './contactValues';
import { useCreateContact, useUpdateContact } from './contacts';
import { KINDS, ROLES } from './listSearch';
import { changesOf, mergeValues, type Merged } from './mergeValues';
import { StringRows } from './StringRows';

type Props = { contact?: Contact; onClose: () => void; onSaved: (contact: Contact) => void };

type Conflict = { theirs: ContactValues; fields: Merged<ContactValues>['conflicts'] };

/** Creates a contact, or edits one. When somebody else saved first, their changes are taken in before ours. */
export function ContactForm({ contact, onClose, onSaved }: Props) {
  const texts = useTexts();
  const [base, setBase] = useState(contact);
  const [conflict, setConflict] = useState<Conflict>();
  const form = useForm<ContactValues>({ initialValues: contact ? valuesOf(contact) : NEW_CONTACT });
  const create = useCreateContact();
  const update = useUpdateContact();

  const takeIn = async (before: Contact) => {
    const latest = await dataOf(
      api.GET('/api/v1/contacts/{contact_id}', { params: { path: { contact_id: before.id } } }),
    );
    const theirs = valuesOf(latest);
    const merged = mergeValues(valuesOf(before), form.getValues(), theirs);
    form.setValues(merged.values);
    setBase(latest);
    setConflict({ theirs, fields: merged.conflicts });
  };

  const save = async (values: ContactValues) => {
    try {
      const saved = base
        ? await update.mutateAsync({
            base,
            changes: changesOf(bodyOf(valuesOf(base), base), bodyOf(values, base)),
          })
        : await create.mutateAsync(bodyOf(values));
      onSaved(saved);
    } catch (error) {
      if (base && isStale(error)) return takeIn(base);
      const errors = fieldErrors(error, texts);
      form.setErrors(
        Object.fromEntries(Object.entries(errors).map(([field, text]) => [formPath(field), text])),
      );
      tellProblem(problemText(error, texts));
    }
  };

  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={contact ? texts.contactForm.edit : texts.contactForm.create}
      closeButtonProps={{ 'aria-label': texts.actions.close }}
    >
      <form onSubmit={form.onSubmit((values) => void save(values))}>
        <Stack gap="lg">
          {conflict && <ContactConflict theirs={conflict.theirs} fields={conflict.fields} />}
          <Identity form={form} />
          <Reach form={form} />
          <Fiscal form={form} />
          <DocumentDefaults form={form} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {texts.actions.cancel}
            </Button>
            <Button type="submit" loading={create.isPending || update.isPending}>
              {texts.actions.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

type FormProps = { form: ReturnType<typeof useForm<ContactValues>> };

function Identity({ form }: FormProps) {
  const { contactForm, contact } = useTexts();
  const company = form.values.kind === 'company';
  return (
    <Stack gap="md">
      <SegmentedControl
        aria-label={contactForm.kind}
        data={KINDS.map((kind) => ({ value: kind, label: contact.kinds[kind] }))}
        {...form.getInputProps('kind')}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label={company ? contactForm.companyName : contactForm.name}
          required
          data-autofocus
          {...form.getInputProps('name')}
        />
        <TextInput label={contactForm.tradeName} {...form.getInputProps('trade_name')} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <MultiSelect
          label={contactForm.roles}
          description={contactForm.rolesHint}
          data={ROLES.map((role) => ({ value: role, label: contact.roles[role] }))}
          {...form.getInputProps('roles')}
        />
        <TagsInput
          label={contactForm.tags}
          description={contactForm.tagsHint}
          {...form.getInputProps('tags')}
        />
      </SimpleGrid>
    </Stack>
  );
}

function Reach({ form }: FormProps) {
  const { contactForm } = useTexts();
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <StringRows
        label={contactForm.emails}
        hint={contactForm.emailsHint}
        add={contactForm.addEmail}
        type="email"
        rows={form.values.emails}
        errorOf={(row) => form.errors[`emails.${row}`]}
        onChange={(rows) => form.setFieldValue('emails', rows)}
      />
      <StringRows
        label={contactForm.phones}
        hint={contactForm.emailsHint}
        add={contactForm.addPhone}
        type="tel"
        rows={form.values.phones}
        errorOf={(row) => form.errors[`phones.${row}`]}
        onChange={(rows) => form.setFieldValue('phones', rows)}
      />
    </SimpleGrid>
  );
}

function Fiscal({ form }: FormProps) {
  const { contactForm } = useTexts();
  return (
    <Fieldset legend={contactForm.fiscal} radius="md">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput label={contactForm.taxId} {...form.getInputProps('tax_id')} />
        <TextInput label={contactForm.vatNumber} {...form.getInputProps('vat_number')} />
        <AddressInputs form={form} at="billing_address" />
        <TextInput label={contactForm.iban} {...form.getInputProps('iban')} />
      </SimpleGrid>
      <TextInput
        mt="md"
        label={contactForm.website}
        placeholder={contactForm.websiteHint}
        type="url"
        {...form.getInputProps('website')}
      />
    </Fieldset>
  );
}

function DocumentDefaults({ form }: FormProps) {
  const { contactForm, actions } = useTexts();
  return (
    <Fieldset legend={contactForm.defaults} radius="md">
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        <TextInput
          label={contactForm.paymentDays}
          inputMode="numeric"
          {...form.getInputProps('defaults.payment_days')}
        />
        <TextInput
          label={contactForm.discount}
          inputMode="decimal"
          {...form.getInputProps('defaults.discount_pct')}
        />
        <Select
          label={contactForm.language}
          clearable
          clearButtonProps={{ 'aria-label': actions.clear }}
          data={LOCALES.map((locale) => ({ value: locale, label: LANGUAGE_NAMES[locale] }))}
          {...form.getInputProps('defaults.language')}
        />
        <TextInput label={contactForm.currency} maxLength={3} {...form.getInputProps('defaults.currency')} />
      </SimpleGrid>
    </Fieldset>
  );
}
