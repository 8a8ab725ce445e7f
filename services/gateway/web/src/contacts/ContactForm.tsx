import {
  Fieldset,
  MultiSelect,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  TagsInput,
  TextInput,
} from '@mantine/core';
import { useForm, type UseFormReturnType } from '@mantine/form';
import { api, dataOf } from '@/api/client';
import type { Contact, TaxIdType } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useKeptForm } from '@/drafts/useKeptForm';
import { LANGUAGE_NAMES, LOCALES } from '@/i18n/locale';
import { ConflictNotice } from '@/merging/ConflictNotice';
import { changesOf } from '@/merging/mergeValues';
import { useMerging } from '@/merging/useMerging';
import { DecimalField } from '@/ui/DecimalField';
import { decimalProblem } from '@/ui/decimalProblem';
import { FormDialog } from '@/ui/FormDialog';
import { useSubmitProblems } from '@/ui/useSubmitProblems';
import { AddressInputs } from './AddressInputs';
import { bodyOf, contactDraft, formPath, NEW_CONTACT, valuesOf, type ContactValues } from './contactValues';
import { useCreateContact, useUpdateContact } from './contacts';
import { KINDS, ROLES } from './listSearch';
import { StringRows } from './StringRows';

type Props = { contact?: Contact; onClose: () => void; onSaved: (contact: Contact) => void };

/** Creates a contact, or edits one. When somebody else saved first, their changes are taken in before ours. */
export function ContactForm({ contact, onClose, onSaved }: Props) {
  const texts = useTexts();
  const form = useForm<ContactValues>({
    initialValues: contact ? valuesOf(contact) : NEW_CONTACT,
    validate: {
      name: (name) => (name.trim() ? null : texts.fields.missing),
      defaults: {
        payment_days: (days) => decimalProblem(days, texts.fields, { digits: 0 }),
        discount_pct: (percent) => decimalProblem(percent, texts.fields, { digits: 2 }),
      },
    },
  });
  const kept = useKeptForm(form, contactDraft(contact));
  const create = useCreateContact();
  const update = useUpdateContact();
  const names = useFieldNames();

  const { conflict, submit } = useMerging<Contact | undefined, ContactValues>({
    form,
    saved: contact,
    valuesOf,
    latest: ({ id }) =>
      dataOf(api.GET('/api/v1/contacts/{contact_id}', { params: { path: { contact_id: id } } })),
    save: async (values, base) => {
      const saved = base
        ? await update.mutateAsync({
            base,
            changes: changesOf(bodyOf(valuesOf(base), base), bodyOf(values, base)),
          })
        : await create.mutateAsync(bodyOf(values));
      kept.clear();
      onSaved(saved);
    },
    onError: useSubmitProblems(form, (field) => formPath(field, form.getValues())),
  });

  return (
    <FormDialog
      title={contact ? texts.contactForm.edit : texts.contactForm.create}
      size="xl"
      busy={create.isPending || update.isPending}
      form={form}
      kept={kept}
      onClose={onClose}
      onSubmit={form.onSubmit(submit)}
    >
      <Stack gap="lg">
        <ConflictNotice conflict={conflict ?? kept.conflict} names={names} />
        <Identity form={form} />
        <Reach form={form} />
        <Fiscal form={form} />
        <DocumentDefaults form={form} />
      </Stack>
    </FormDialog>
  );
}

function useFieldNames(): Record<keyof ContactValues, string> {
  const { contactForm } = useTexts();
  return {
    kind: contactForm.kind,
    name: contactForm.name,
    trade_name: contactForm.tradeName,
    roles: contactForm.roles,
    emails: contactForm.emails,
    phones: contactForm.phones,
    website: contactForm.website,
    tax_id: contactForm.taxId,
    tax_id_type: contactForm.taxIdType,
    vat_number: contactForm.vatNumber,
    billing_address: contactForm.fiscal,
    iban: contactForm.iban,
    defaults: contactForm.defaults,
    tags: contactForm.tags,
  };
}

type FormProps = { form: UseFormReturnType<ContactValues> };

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
        path="emails"
        form={form}
      />
      <StringRows
        label={contactForm.phones}
        hint={contactForm.emailsHint}
        add={contactForm.addPhone}
        type="tel"
        path="phones"
        form={form}
      />
    </SimpleGrid>
  );
}

const TAX_ID_TYPES: TaxIdType[] = ['nif', 'vat', 'passport', 'residence', 'other'];

function Fiscal({ form }: FormProps) {
  const { contactForm, actions } = useTexts();
  return (
    <Fieldset legend={contactForm.fiscal} radius="md">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput label={contactForm.taxId} {...form.getInputProps('tax_id')} />
        <Select
          label={contactForm.taxIdType}
          placeholder={contactForm.taxIdByForm}
          clearable
          clearButtonProps={{ 'aria-label': actions.clear }}
          data={TAX_ID_TYPES.map((type) => ({ value: type, label: contactForm.taxIdTypes[type] }))}
          {...form.getInputProps('tax_id_type')}
        />
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
        <DecimalField
          label={contactForm.paymentDays}
          digits={0}
          {...form.getInputProps('defaults.payment_days')}
        />
        <DecimalField
          label={contactForm.discount}
          unit="%"
          digits={2}
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
