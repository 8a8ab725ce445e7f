import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import {
  IconBuildingBank,
  IconCalendarDue,
  IconId,
  IconMail,
  IconMapPin,
  IconPhone,
  IconTag,
  IconWorld,
  type Icon,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Contact } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { addressLines, ibanGroups, phoneText, readAddress, readBankAccounts } from './contactParts';
import classes from './ContactFacts.module.css';

/** What is known of a contact, and only that: what is not known takes no room. */
export function ContactFacts({ contact }: { contact: Contact }) {
  const { contact: texts } = useTexts();
  const formats = useFormats();
  const address = readAddress(contact);
  const [bank] = readBankAccounts(contact);
  const terms = termsOf(contact, texts);
  const nothing = !address && contact.emails.length + contact.phones.length === 0;
  return (
    <Stack component="dl" gap={13} m={0}>
      {nothing && (
        <Text component="dd" m={0} size="sm" c="dimmed">
          {texts.noData}
        </Text>
      )}
      {contact.emails.length > 0 && (
        <Fact icon={IconMail} label={texts.email}>
          {contact.emails.map((email) => (
            <Anchor key={email} href={`mailto:${email}`} fz={13.5} display="block" truncate>
              {email}
            </Anchor>
          ))}
        </Fact>
      )}
      {contact.phones.length > 0 && (
        <Fact icon={IconPhone} label={texts.phone}>
          {contact.phones.map((phone) => (
            <Anchor key={phone} href={`tel:${phone}`} fz={13.5} display="block">
              {phoneText(phone)}
            </Anchor>
          ))}
        </Fact>
      )}
      {address && (
        <Fact icon={IconMapPin} label={texts.address}>
          {addressLines(address, formats.country).map((line) => (
            <div key={line}>{line}</div>
          ))}
        </Fact>
      )}
      {(contact.tax_id ?? contact.vat_number) && (
        <Fact
          icon={IconId}
          label={contact.tax_id ? texts.taxIds[contact.tax_id_type ?? 'nif'] : texts.vatNumber}
        >
          {[contact.tax_id, contact.vat_number].filter(Boolean).join(' · ')}
        </Fact>
      )}
      {contact.website && (
        <Fact icon={IconWorld} label={texts.website}>
          <Anchor href={contact.website} target="_blank" rel="noreferrer" fz={13.5} truncate display="block">
            {contact.website.replace(/^https?:\/\//, '')}
          </Anchor>
        </Fact>
      )}
      {bank && (
        <Fact icon={IconBuildingBank} label={texts.bank}>
          <span className="figures">{ibanGroups(bank.iban)}</span>
        </Fact>
      )}
      {terms.length > 0 && (
        <Fact icon={IconCalendarDue} label={texts.terms}>
          {terms.join(' · ')}
        </Fact>
      )}
      {contact.tags.length > 0 && (
        <Fact icon={IconTag} label={texts.tags}>
          <Group gap={6}>
            {contact.tags.map((tag) => (
              <Badge key={tag} variant="default" tt="none" fw={500} radius="sm">
                {tag}
              </Badge>
            ))}
          </Group>
        </Fact>
      )}
    </Stack>
  );
}

function Fact({ icon: Symbol, label, children }: { icon: Icon; label: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt title={label}>
        <Symbol size={17} stroke={1.7} aria-label={label} role="img" />
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

function termsOf({ defaults }: Contact, texts: ReturnType<typeof useTexts>['contact']): string[] {
  const days: unknown = defaults.payment_days;
  const discount: unknown = defaults.discount_pct;
  return [
    ...(typeof days === 'number' ? [texts.paymentDays(days)] : []),
    ...(typeof discount === 'string' && Number(discount) > 0 ? [texts.discount(discount)] : []),
  ];
}
