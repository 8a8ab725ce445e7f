import type { UseFormReturnType } from '@mantine/form';
import { useState } from 'react';
import { isStale } from '@/api/problem';
import { changesOf, isSame, mergeValues, type Conflict } from './mergeValues';

type Editing<Opened, Values extends object> = {
  form: UseFormReturnType<Values>;
  /** What the form was opened with; none when it makes something new. */
  saved: Opened;
  valuesOf: (saved: NonNullable<Opened>) => Values;
  latest: (saved: NonNullable<Opened>) => Promise<NonNullable<Opened>>;
  /** On top of that version: fails as stale where it is not the latest any more. */
  save: (values: Values, base: Opened) => Promise<void>;
  onError: (error: unknown) => void;
};

/** A form over what others edit too: where they saved first, their changes are put under ours, to be saved again. */
export function useMerging<Opened, Values extends object>(editing: Editing<Opened, Values>) {
  const { form, saved, valuesOf, latest, save, onError } = editing;
  const [base, setBase] = useState(saved);
  const [conflict, setConflict] = useState<Conflict<Values>>();

  const attempt = async (values: Values, onTopOf: Opened): Promise<void> => {
    try {
      await save(values, onTopOf);
      return;
    } catch (error) {
      if (!onTopOf || !isStale(error)) throw error;
    }
    const now = await latest(onTopOf);
    const before = valuesOf(onTopOf);
    const theirs = valuesOf(now);
    setBase(() => now);
    // What changed is nothing that this form shows, or just what it says (saved, and the answer lost): no reason to ask.
    if (Object.keys(changesOf(before, theirs)).length === 0 || isSame(values, theirs))
      return attempt(values, now);
    const merged = mergeValues(before, values, theirs);
    form.setValues(merged.values);
    setConflict({ theirs, fields: merged.conflicts });
  };

  return {
    base,
    conflict,
    submit: (values: Values) => void attempt(values, base).catch(onError),
    /** Go on from what was saved. */
    restart: (now: NonNullable<Opened>) => {
      form.setInitialValues(valuesOf(now));
      form.setValues(valuesOf(now));
      setBase(() => now);
      setConflict(undefined);
    },
  };
}
