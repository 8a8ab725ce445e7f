import { SegmentedControl, Select, SimpleGrid, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '@/api/client';
import { keys } from '@/api/keys';
import type { Activity } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useKeptForm } from '@/drafts/useKeptForm';
import { useFormats } from '@/i18n/formats';
import { ConflictNotice } from '@/merging/ConflictNotice';
import { useMerging } from '@/merging/useMerging';
import { useSession } from '@/session/session';
import { isMoment, momentProblem } from '@/ui/dates/dayProblem';
import { MomentField } from '@/ui/dates/MomentField';
import { FormDialog } from '@/ui/FormDialog';
import { useSubmitProblems } from '@/ui/useSubmitProblems';
import { ACTIVITY_KINDS, activityDraft, useActivities } from './activities';
import { activityFields, activityValues, newActivity, type ActivityValues } from './activityValues';

type Props = { contactId: string; activity?: Activity; onClose: () => void };

export function ActivityDialog({ contactId, activity, onClose }: Props) {
  const texts = useTexts();
  const { activities } = texts;
  const { user } = useSession();
  const { moment } = useFormats();
  const { create, update } = useActivities(contactId);
  const form = useForm<ActivityValues>({
    initialValues: activity ? activityValues(activity) : newActivity(`user:${user.id}`, new Date()),
    validate: {
      title: (title) => (title.trim() ? null : texts.fields.missing),
      starts_at: (moment) => momentProblem(moment, texts.fields, { required: true }),
      ends_at: (moment) => momentProblem(moment, texts.fields),
    },
  });
  const kept = useKeptForm(form, activityDraft(contactId, activity));
  const { base, conflict, submit } = useMerging<Activity | undefined, ActivityValues>({
    form,
    saved: activity,
    valuesOf: activityValues,
    latest,
    save: async (values, base) => {
      const fields = activityFields(values);
      if (base) await update.mutateAsync({ activity: base, fields });
      else await create.mutateAsync(fields);
      kept.clear();
      onClose();
    },
    onError: useSubmitProblems(form),
  });
  const reminders = [
    { value: '', label: activities.reminders.none },
    { value: '15', label: activities.reminders[15] },
    { value: '60', label: activities.reminders[60] },
    { value: '1440', label: activities.reminders[1440] },
  ];
  const show = (values: ActivityValues, field: keyof ActivityValues) => {
    switch (field) {
      case 'kind':
        return activities.kinds[values.kind];
      case 'starts_at':
      case 'ends_at':
        return values[field] && isMoment(values[field]) ? moment(values[field]) : '';
      case 'owner':
        return base?.owner_name ?? '';
      case 'reminder':
        return reminders.find(({ value }) => value === values.reminder)?.label ?? values.reminder;
      default:
        return values[field];
    }
  };
  return (
    <FormDialog
      title={activity ? activities.edit : activities.new}
      size="lg"
      busy={create.isPending || update.isPending}
      form={form}
      kept={kept}
      onClose={onClose}
      onSubmit={form.onSubmit(submit)}
    >
      <ConflictNotice
        conflict={conflict ?? kept.conflict}
        names={{
          kind: activities.kind,
          title: activities.what,
          starts_at: activities.when,
          ends_at: activities.ends,
          owner: activities.owner,
          reminder: activities.reminder,
          notes: activities.notes,
        }}
        show={show}
      />
      <SegmentedControl
        aria-label={activities.kind}
        fullWidth
        data={ACTIVITY_KINDS.map((kind) => ({ value: kind, label: activities.kinds[kind] }))}
        {...form.getInputProps('kind')}
      />
      <TextInput label={activities.what} required data-autofocus {...form.getInputProps('title')} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <MomentField label={activities.when} required {...form.getInputProps('starts_at')} />
        <MomentField label={activities.ends} {...form.getInputProps('ends_at')} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <OwnerSelect {...form.getInputProps('owner')} known={base} />
        <Select
          label={activities.reminder}
          allowDeselect={false}
          data={reminders}
          {...form.getInputProps('reminder')}
        />
      </SimpleGrid>
      <Textarea label={activities.notes} autosize minRows={2} maxRows={8} {...form.getInputProps('notes')} />
    </FormDialog>
  );
}

const latest = ({ id }: Activity) =>
  dataOf(api.GET('/api/v1/activities/{activity_id}', { params: { path: { activity_id: id } } }));

type OwnerProps = { value?: string; onChange?: (owner: string | null) => void; known?: Activity };

/** Everybody, for who may see them; at least oneself and who has it now. */
function OwnerSelect({ value, onChange, known }: OwnerProps) {
  const { activities } = useTexts();
  const { user } = useSession();
  const users = useQuery({
    queryKey: keys.users,
    queryFn: () => dataOf(api.GET('/api/v1/users', { params: { query: { limit: 200 } } })),
    enabled: user.is_admin,
    staleTime: 5 * 60_000,
  });
  const names = new Map([
    [`user:${user.id}`, user.name],
    ...(known ? [[known.owner, known.owner_name] as const] : []),
    ...(users.data?.items
      .filter((each) => each.active)
      .map((each) => [`user:${each.id}`, each.name] as const) ?? []),
  ]);
  return (
    <Select
      label={activities.owner}
      allowDeselect={false}
      data={Array.from(names, ([owner, name]) => ({ value: owner, label: name }))}
      value={value}
      onChange={onChange}
    />
  );
}
