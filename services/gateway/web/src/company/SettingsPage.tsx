import { Button, ColorInput, Group, Select, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm, type UseFormReturnType } from '@mantine/form';
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Organization } from '@/api/types';
import { useTexts } from '@/app/texts';
import { AddressInputs } from '@/contacts/AddressInputs';
import { ConflictNotice } from '@/merging/ConflictNotice';
import { changesOf } from '@/merging/mergeValues';
import { useMerging } from '@/merging/useMerging';
import { RecoveredNote } from '@/drafts/RecoveredNote';
import { useKeptForm } from '@/drafts/useKeptForm';
import { Form } from '@/ui/Form';
import { AnchorLink } from '@/ui/links';
import { tell } from '@/ui/notices';
import { useSubmitProblems } from '@/ui/useSubmitProblems';
import { LogoField } from './LogoField';
import { organizationQuery, useOrganizationChanges } from './organization';
import { bodyOf, valuesOf, type OrganizationValues } from './organizationValues';
import { PortalPreview } from './PortalPreview';
import classes from './SettingsPage.module.css';
import { usePageTitle } from '@/ui/usePageTitle';

type FormProps = { form: UseFormReturnType<OrganizationValues> };

export function SettingsPage() {
  const { apiKeys, company, contactForm, actions } = useTexts();
  usePageTitle(company.title, 'Ficha');
  const client = useQueryClient();
  const { data: organization } = useSuspenseQuery(organizationQuery);
  const form = useForm<OrganizationValues>({ initialValues: valuesOf(organization) });
  const kept = useKeptForm(form, 'company');
  const { update } = useOrganizationChanges();
  const { conflict, submit, restart } = useMerging<Organization, OrganizationValues>({
    form,
    saved: organization,
    valuesOf,
    latest: () => client.query({ ...organizationQuery, staleTime: 0 }),
    save: async (values, base) => {
      const changes = changesOf(bodyOf(valuesOf(base)), bodyOf(values));
      restart(await update.mutateAsync({ version: base.version, changes }));
      kept.clear();
      tell(company.saved);
    },
    onError: useSubmitProblems(form),
  });
  return (
    <div className={classes.page}>
      <Title order={1} fz={{ base: 22, sm: 26 }}>
        {company.title}
      </Title>
      <Text size="sm" c="dimmed" mt={4} mb="lg">
        {company.hint}{' '}
        <AnchorLink to="/settings/keys" size="sm" underline="always">
          {apiKeys.title}
        </AnchorLink>
      </Text>
      <Form form={form} onSubmit={form.onSubmit(submit)}>
        <Stack gap="lg">
          <RecoveredNote kept={kept} />
          <ConflictNotice
            conflict={conflict ?? kept.conflict}
            names={{
              name: company.name,
              tax_id: contactForm.taxId,
              email: company.email,
              phone: company.phone,
              website: contactForm.website,
              iban: contactForm.iban,
              bic: company.bic,
              color: company.color,
              time_zone: company.timeZone,
              address: contactForm.fiscal,
            }}
          />
          <Brand form={form} organization={organization} />
          <Facts form={form} />
          <Payments form={form} />
        </Stack>
        <Group justify="flex-end" mt="lg">
          {form.isDirty() && (
            <Button variant="default" onClick={kept.discard}>
              {actions.cancel}
            </Button>
          )}
          <Button type="submit" loading={update.isPending} disabled={!form.isDirty()}>
            {actions.save}
          </Button>
        </Group>
      </Form>
    </div>
  );
}

function Brand({ form, organization }: FormProps & { organization: Organization }) {
  const { company } = useTexts();
  return (
    <Card title={company.brand}>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
        <Stack gap="lg">
          <LogoField organization={organization} />
          <ColorInput
            label={company.color}
            description={company.colorHint}
            format="hex"
            withEyeDropper={false}
            {...form.getInputProps('color')}
          />
        </Stack>
        <PortalPreview name={form.values.name} logoUrl={organization.logo_url} color={form.values.color} />
      </SimpleGrid>
    </Card>
  );
}

function Facts({ form }: FormProps) {
  const { company, contactForm } = useTexts();
  return (
    <Card title={company.data}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput label={company.name} required {...form.getInputProps('name')} />
        <TextInput label={contactForm.taxId} {...form.getInputProps('tax_id')} />
        <TextInput label={company.email} type="email" {...form.getInputProps('email')} />
        <TextInput label={company.phone} type="tel" {...form.getInputProps('phone')} />
        <TextInput
          label={contactForm.website}
          placeholder={contactForm.websiteHint}
          type="url"
          {...form.getInputProps('website')}
        />
        <AddressInputs form={form} at="address" />
        <Select
          label={company.timeZone}
          description={company.timeZoneHint}
          searchable
          allowDeselect={false}
          data={zonesWith(form.values.time_zone)}
          nothingFoundMessage={company.noTimeZone}
          {...form.getInputProps('time_zone')}
        />
      </SimpleGrid>
    </Card>
  );
}

/** Those that the browser has a name for; the present one may be younger than the browser. */
function zonesWith(present: string): string[] {
  return [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', present])].sort();
}

function Payments({ form }: FormProps) {
  const { company, contactForm } = useTexts();
  return (
    <Card title={company.payments} hint={company.paymentsHint}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput label={contactForm.iban} {...form.getInputProps('iban')} />
        <TextInput label={company.bic} {...form.getInputProps('bic')} />
      </SimpleGrid>
    </Card>
  );
}

function Card({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <section className={classes.card} aria-label={title}>
      <Title order={2} fz={16}>
        {title}
      </Title>
      {hint && (
        <Text size="sm" c="dimmed" mt={2}>
          {hint}
        </Text>
      )}
      <div style={{ marginTop: 16 }}>{children}</div>
    </section>
  );
}
