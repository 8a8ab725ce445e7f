import type { UseFormReturnType } from '@mantine/form';
import { useState } from 'react';
import { mergeValues, type Merged } from './mergeValues';

export type Conflict<Values> = { theirs: Values; fields: Merged<Values>['conflicts'] };

type Editing<Opened, Values extends object> = {
  form: UseFormReturnType<Values>;
  /** What the form was opened with; none when it makes something new. */
  saved: Opened;
  valuesOf: (saved: NonNullable<Opened>) => Values;
  latest: (saved: NonNullable<Opened>) => Promise<NonNullable<Opened>>;
};

/** A form over what others edit too: where they saved first, `takeIn` puts their changes under ours. */
export function useMerging<Opened, Values extends object>({
  form,
  saved,
  valuesOf,
  latest,
}: Editing<Opened, Values>) {
  const [base, setBase] = useState(saved);
  const [conflict, setConflict] = useState<Conflict<Values>>();
  const takeIn = async (before: NonNullable<Opened>) => {
    const now = await latest(before);
    const theirs = valuesOf(now);
    const merged = mergeValues(valuesOf(before), form.getValues(), theirs);
    form.setValues(merged.values);
    setBase(() => now);
    setConflict({ theirs, fields: merged.conflicts });
  };
  /** Go on from what was saved. */
  const restart = (now: NonNullable<Opened>) => {
    form.setInitialValues(valuesOf(now));
    form.setValues(valuesOf(now));
    setBase(() => now);
    setConflict(undefined);
  };
  return { base, conflict, takeIn, restart };
}
