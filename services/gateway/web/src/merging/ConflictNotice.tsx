import { Alert, List, Text } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useTexts } from '@/app/texts';
import type { Conflict } from './mergeValues';

type Props<Values> = {
  conflict: Conflict<Values> | undefined;
  /** What the form calls its fields. */
  names: Record<keyof Values & string, string>;
  /** A value as the form shows it. */
  show?: (values: Values, field: keyof Values & string) => string;
};

/** Says what somebody else saved while this form was open. */
export function ConflictNotice<Values>({ conflict, names, show = shown }: Props<Values>) {
  const { merging } = useTexts();
  if (!conflict) return null;
  const { theirs, fields } = conflict;
  return (
    <Alert color="yellow" variant="light" role="alert" icon={<IconUsers />} title={merging.title}>
      <Text size="sm">{fields.length > 0 ? merging.hint : merging.none}</Text>
      <List size="sm" mt={fields.length > 0 ? 'xs' : 0}>
        {fields.map((field) => (
          <List.Item key={field}>
            <b>{names[field]}</b>, {merging.theirs(show(theirs, field) || merging.empty)}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

function shown<Values>(values: Values, field: keyof Values & string): string {
  const value: unknown = values[field];
  if (typeof value === 'string') return value;
  return Object.values(value ?? {})
    .filter(Boolean)
    .join(', ');
}
