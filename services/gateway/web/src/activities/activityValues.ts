import type { Activity, ActivityKind } from '@/api/types';
import type { ActivityFields } from './activities';

/** `starts_at` and `ends_at` as the date fields hold them: local, `2026-11-24 10:30:00`. */
export type ActivityValues = {
  kind: ActivityKind;
  title: string;
  starts_at: string | null;
  ends_at: string | null;
  owner: string;
  reminder: string;
  notes: string;
};

export function newActivity(owner: string, now: Date): ActivityValues {
  const tomorrow = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 10);
  return {
    kind: 'call',
    title: '',
    starts_at: localText(tomorrow),
    ends_at: null,
    owner,
    reminder: '',
    notes: '',
  };
}

export function activityValues(activity: Activity): ActivityValues {
  return {
    kind: activity.kind,
    title: activity.title,
    starts_at: localText(new Date(activity.starts_at)),
    ends_at: activity.ends_at && localText(new Date(activity.ends_at)),
    owner: activity.owner,
    reminder: activity.reminder_minutes === null ? '' : String(activity.reminder_minutes),
    notes: activity.notes ?? '',
  };
}

export function activityFields(values: ActivityValues): ActivityFields {
  return {
    kind: values.kind,
    title: values.title.trim(),
    starts_at: values.starts_at ? moment(values.starts_at) : '',
    ends_at: values.ends_at && moment(values.ends_at),
    owner: values.owner,
    reminder_minutes: values.reminder === '' ? null : Number(values.reminder),
    notes: values.notes.trim() || null,
  };
}

/** The API wants the offset: the same words mean another moment elsewhere. */
function moment(local: string): string {
  return new Date(local.replace(' ', 'T')).toISOString();
}

function localText(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:00`;
}
