import { Alert, List, Text } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useTexts } from '@/app/texts';
import type { ContactValues } from './contactValues';

type Field = keyof ContactValues;

/** Says what somebody else saved while this form was open. */
export function ContactConflict({ theirs, fields }: { theirs: ContactValues; fields: Field[] }) {
  const { contactForm } = useTexts();
  const names: Record<Field, string> = {
    kind: contactForm.kind,
    name: contactForm.name,
    trade_name: contactForm.tradeName,
    roles: contactForm.roles,
    emails: contactForm.emails,
    phones: contactForm.phones,
    website: contactForm.website,
    tax_id: contactForm.taxId,
    vat_number: contactForm.vatNumber,
    billing_address: contactForm.fiscal,
    iban: contactForm.iban,
    defaults: contactForm.defaults,
    tags: contactForm.tags,
  };
  return (
    <Alert color="yellow" variant="light" role="alert" icon={<IconUsers />} title={contactForm.conflict}>
      <Text size="sm">{fields.length > 0 ? contactForm.conflictHint : contactForm.conflictNone}</Text>
      <List size="sm" mt={fields.length > 0 ? 'xs' : 0}>
        {fields.map((field) => (
          <List.Item key={field}>
            <b>{names[field]}</b>, {contactForm.theirs(shown(theirs[field]) || contactForm.empty)}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

function shown(value: ContactValues[Field]): string {
  if (typeof value === 'string') return value;
  return Object.values(value).filter(Boolean).join(', ');
}
