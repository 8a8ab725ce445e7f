import { SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState, type ComponentProps } from 'react';
import type { ContactKind } from '@/api/types';
import { useTexts } from '@/app/texts';
import { contactSearchQuery } from '@/contacts/contacts';
import { useKeptForm } from '@/drafts/useKeptForm';
import { usePanelFrame } from '@/panel/PanelContext';
import { FormDialog } from '@/ui/FormDialog';
import { useSubmitProblems } from '@/ui/useSubmitProblems';
import { LinkFieldInputs, linkFields, type LinkValues } from './LinkFieldInputs';
import { linkDraft, useLinks } from './people';

type Way = 'existing' | 'create';
type Values = LinkValues & { way: Way; id: string | null; name: string; email: string; phone: string };

/** Chooses a contact of the other kind, or makes one, and links it. */
export function AddLinkDialog({ kind, onClose }: { kind: ContactKind; onClose: () => void }) {
  const texts = useTexts();
  const { contactId } = usePanelFrame();
  const { add } = useLinks(contactId, kind);
  const form = useForm<Values>({
    initialValues: {
      way: 'existing',
      id: null,
      name: '',
      email: '',
      phone: '',
      job_title: '',
      is_primary: false,
      send_copies: false,
    },
    validate: {
      id: (id, { way }) => (way === 'existing' && !id ? texts.fields.missing : null),
      name: (name, { way }) => (way === 'create' && !name.trim() ? texts.fields.missing : null),
    },
  });
  const { way } = form.values;
  const kept = useKeptForm(form, linkDraft(contactId));
  const onError = useSubmitProblems(form, pathOf);
  const submit = (values: Values) => {
    const other =
      values.id && way === 'existing'
        ? { id: values.id }
        : { name: values.name.trim(), emails: filled(values.email), phones: filled(values.phone) };
    const saved = () => {
      kept.clear();
      onClose();
    };
    add.mutateAsync({ other, fields: linkFields(values) }).then(saved, onError);
  };
  return (
    <FormDialog
      title={kind === 'company' ? texts.people.addTitle : texts.people.addCompanyTitle}
      busy={add.isPending}
      form={form}
      kept={kept}
      onClose={onClose}
      onSubmit={form.onSubmit(submit)}
    >
      <SegmentedControl
        fullWidth
        data={[
          { value: 'existing', label: texts.people.existing },
          { value: 'create', label: texts.people.create },
        ]}
        {...form.getInputProps('way')}
      />
      {way === 'existing' ? (
        <ContactSelect kind={kind === 'company' ? 'person' : 'company'} {...form.getInputProps('id')} />
      ) : (
        <Stack gap="md">
          <TextInput label={texts.people.name} required data-autofocus {...form.getInputProps('name')} />
          <TextInput label={texts.people.email} type="email" {...form.getInputProps('email')} />
          <TextInput label={texts.people.phone} type="tel" {...form.getInputProps('phone')} />
        </Stack>
      )}
      <LinkFieldInputs form={form} />
    </FormDialog>
  );
}

/** Where the dialog shows what the server says of a field. */
function pathOf(field: string): string {
  const own = field.replace(/^(person|company)(\.|_)/, '');
  return /^(emails|phones)/.test(own) ? own.replace(/s\.\d+$|s$/, '') : own;
}

type SelectProps = { kind: ContactKind } & Omit<ComponentProps<typeof Select>, 'data'>;

/** The server searches, so that it finds among any number of contacts. */
function ContactSelect({ kind, ...input }: SelectProps) {
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
      searchValue={typed}
      onSearchChange={setTyped}
      {...input}
    />
  );
}

function filled(value: string): string[] {
  return value.trim() ? [value.trim()] : [];
}
