import { Select, SimpleGrid, Skeleton, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '@/api/client';
import type { Opportunity, Pipeline } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useKeptForm } from '@/drafts/useKeptForm';
import { ConflictNotice } from '@/merging/ConflictNotice';
import { useMerging } from '@/merging/useMerging';
import { digitsOf } from '@/i18n/currencies';
import { useFormats } from '@/i18n/formats';
import { useSession } from '@/session/session';
import { DayField } from '@/ui/dates/DayField';
import { dayProblem } from '@/ui/dates/dayProblem';
import { isDay } from '@/ui/dates/typedDay';
import { DecimalField } from '@/ui/DecimalField';
import { decimalProblem } from '@/ui/decimalProblem';
import { Dialog } from '@/ui/Dialog';
import { FormDialog } from '@/ui/FormDialog';
import { useSubmitProblems } from '@/ui/useSubmitProblems';
import { opportunityDraft, pipelinesQuery, stagesOf, useOpportunities } from './opportunities';

type Props = { contactId: string; opportunity?: Opportunity; onClose: () => void };

export function OpportunityDialog(props: Props) {
  const { opportunities: texts } = useTexts();
  const pipelines = useQuery(pipelinesQuery);
  if (pipelines.data) return <OpportunityForm {...props} pipelines={pipelines.data} />;
  return (
    <Dialog title={props.opportunity ? texts.edit : texts.new} onClose={props.onClose}>
      <Skeleton height={220} />
    </Dialog>
  );
}

type Values = {
  title: string;
  pipeline_id: string;
  stage_id: string;
  value: string;
  probability: string;
  expected_close: string | null;
};

function OpportunityForm({ contactId, opportunity, pipelines, onClose }: Props & { pipelines: Pipeline[] }) {
  const texts = useTexts();
  const { opportunities } = texts;
  const { organization } = useSession();
  const { day } = useFormats();
  const { create, update } = useOpportunities(contactId);
  const currency = opportunity?.currency ?? organization.currency;
  const digits = digitsOf(currency);
  const form = useForm<Values>({
    initialValues: opportunity ? valuesOf(opportunity) : newOpportunity(pipelines),
    validate: {
      title: (title) => (title.trim() ? null : texts.fields.missing),
      value: (value) => decimalProblem(value, texts.fields, { digits }),
      probability: (value) => decimalProblem(value, texts.fields, { required: true, digits: 0 }),
      expected_close: (day) => dayProblem(day, texts.fields),
    },
  });
  const kept = useKeptForm(form, opportunityDraft(contactId, opportunity));
  const { base, conflict, submit } = useMerging<Opportunity | undefined, Values>({
    form,
    saved: opportunity,
    valuesOf,
    latest,
    save: async (values, base) => {
      const fields = {
        ...values,
        title: values.title.trim(),
        value: values.value || '0',
        probability: Number(values.probability),
        currency,
      };
      if (base) await update.mutateAsync({ opportunity: base, fields });
      else await create.mutateAsync(fields);
      kept.clear();
      onClose();
    },
    onError: useSubmitProblems(form),
  });
  const stages = stagesOf(pipelines, form.values.pipeline_id);
  const chooseStage = (id: string | null) => {
    const stage = stages.find((each) => each.id === id);
    if (stage) form.setValues({ stage_id: stage.id, probability: String(stage.probability) });
  };
  const choosePipeline = (id: string | null) => {
    const [first] = stagesOf(pipelines, id ?? '');
    if (id && first)
      form.setValues({ pipeline_id: id, stage_id: first.id, probability: String(first.probability) });
  };
  const show = (values: Values, field: keyof Values) => {
    switch (field) {
      case 'pipeline_id':
        return pipelines.find(({ id }) => id === values.pipeline_id)?.name ?? '';
      case 'stage_id':
        return base?.stage_name ?? '';
      case 'expected_close':
        return values.expected_close && isDay(values.expected_close) ? day(values.expected_close) : '';
      default:
        return values[field];
    }
  };
  return (
    <FormDialog
      title={opportunity ? opportunities.edit : opportunities.new}
      busy={create.isPending || update.isPending}
      form={form}
      kept={kept}
      onClose={onClose}
      onSubmit={form.onSubmit(submit)}
    >
      <ConflictNotice
        conflict={conflict ?? kept.conflict}
        names={{
          title: opportunities.name,
          pipeline_id: opportunities.pipeline,
          stage_id: opportunities.stage,
          value: opportunities.value,
          probability: opportunities.probability,
          expected_close: opportunities.close,
        }}
        show={show}
      />
      <TextInput label={opportunities.name} required data-autofocus {...form.getInputProps('title')} />
      <SimpleGrid cols={2}>
        <Select
          label={opportunities.pipeline}
          allowDeselect={false}
          data={pipelines.map(({ id, name }) => ({ value: id, label: name }))}
          value={form.values.pipeline_id}
          error={form.errors.pipeline_id}
          onChange={choosePipeline}
        />
        <Select
          label={opportunities.stage}
          allowDeselect={false}
          data={stages.map(({ id, name }) => ({ value: id, label: name }))}
          value={form.values.stage_id}
          error={form.errors.stage_id}
          onChange={chooseStage}
        />
        <DecimalField
          label={`${opportunities.value} (${currency})`}
          unit={currency}
          digits={digits}
          {...form.getInputProps('value')}
        />
        <DecimalField
          label={opportunities.probability}
          unit="%"
          digits={0}
          {...form.getInputProps('probability')}
        />
      </SimpleGrid>
      <DayField label={opportunities.close} {...form.getInputProps('expected_close')} />
    </FormDialog>
  );
}

const latest = ({ id }: Opportunity) =>
  dataOf(api.GET('/api/v1/opportunities/{opportunity_id}', { params: { path: { opportunity_id: id } } }));

function newOpportunity(pipelines: Pipeline[]): Values {
  const pipeline = pipelines.find(({ is_default }) => is_default) ?? pipelines[0];
  const stage = pipeline?.stages[0];
  return {
    title: '',
    pipeline_id: pipeline?.id ?? '',
    stage_id: stage?.id ?? '',
    value: '',
    probability: String(stage?.probability ?? 0),
    expected_close: null,
  };
}

function valuesOf(opportunity: Opportunity): Values {
  const { title, pipeline_id, stage_id, value, probability, expected_close } = opportunity;
  return {
    title,
    pipeline_id,
    stage_id,
    value,
    probability: String(probability),
    expected_close,
  };
}
