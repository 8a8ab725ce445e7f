import { SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { ContactKind } from '@/api/types';
import { useTexts } from '@/app/texts';
import { contactSearchQuery } from '@/contacts/contacts';
import { usePanelFrame } from '@/panel/PanelContext';
import { FormDialog } from '@/ui/FormDialog';
import { useSubmitProblems } from '@/ui/useSubmitProblems';
import { LinkFieldInputs, linkFields, type LinkValues } from './LinkFieldInputs';
import { useLinks } from './people';

type Values = LinkValues & { id: string | null; name: string; email: string; phone: string };
type Way = 'existing' | 'create';

/** Chooses a contact of the other kind, or makes one, and links it. */
export function AddLinkDialog({ kind, onClose }: { kind: ContactKind; onClose: () => void }) {
  const texts = useTexts();
  const { contactId } = usePanelFrame();
  const { add } = useLinks(contactId, kind);
  const [way, setWay] = useState<Way>('existing');
  const form = useForm<Values>({
    initialValues: {
      id: null,
      name: '',
      email: '',
      phone: '',
      job_title: '',
      is_primary: false,
      send_copies: false,
    },
    validate: {
      id: (id) => (way === 'existing' && !id ? texts.fields.missing : null),
      name: (name) => (way === 'create' && !name.trim() ? texts.fields.missing : null),
    },
  });
  const onError = useSubmitProblems(form);
  const submit = (values: Values) => {
    const other =
      values.id && way === 'existing'
        ? { id: values.id }
        : { name: values.name.trim(), emails: filled(values.email), phones: filled(values.phone) };
    add.mutate({ other, fields: linkFields(values) }, { onSuccess: onClose, onError });
  };
  return (
    <FormDialog
      title={kind === 'company' ? texts.people.addTitle : texts.people.addCompanyTitle}
      busy={add.isPending}
      onClose={onClose}
      onSubmit={form.onSubmit(submit)}
    >
      <SegmentedControl
        fullWidth
        value={way}
        onChange={setWay}
        data={[
          { value: 'existing', label: texts.people.existing },
          { value: 'create', label: texts.people.create },
        ]}
      />
      {way === 'existing' ? (
        <ContactSelect
          kind={kind === 'company' ? 'person' : 'company'}
          value={form.values.id}
          error={form.errors.id ?? form.errors.person_id ?? form.errors.company_id}
          onChange={(id) => form.setFieldValue('id', id)}
        />
      ) : (
        <Stack gap="md">
          <TextInput label={texts.people.name} required data-autofocus {...form.getInputProps('name')} />
          <TextInput
            label={texts.people.email}
            type="email"
            {...form.getInputProps('email')}
            error={form.errors['person.emails.0'] ?? form.errors['company.emails.0']}
          />
          <TextInput
            label={texts.people.phone}
            type="tel"
            {...form.getInputProps('phone')}
            error={form.errors['person.phones.0'] ?? form.errors['company.phones.0']}
          />
        </Stack>
      )}
      <LinkFieldInputs form={form} />
    </FormDialog>
  );
}

type SelectProps = {
  kind: ContactKind;
  value: string | null;
  error: ReactNode;
  onChange: (id: string | null) => void;
};

/** The server searches, so that it finds among any number of contacts. */
function ContactSelect({ kind, value, error, onChange }: SelectProps) {
  const { people: texts } = useTexts();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed, 150);
  const found = useQuery(contactSearchQuery(kind, q));
  return (
    <Select
      label={kind === 'person' ? texts.choosePerson : texts.chooseCompany}
      placeholder={texts.typeToSearch}
      required
      searchable
      data-autofocus
      data={found.data?.items.map((contact) => ({ value: contact.id, label: contact.name })) ?? []}
      filter={({ options }) => options}
      nothingFoundMessage={found.isFetching ? undefined : texts.noResults}
      value={value}
      error={error}
      onChange={onChange}
      searchValue={typed}
      onSearchChange={setTyped}
    />
  );
}

function filled(value: string): string[] {
  return value.trim() ? [value.trim()] : [];
}
