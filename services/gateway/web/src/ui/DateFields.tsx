import '@mantine/dates/styles.css';
import 'dayjs/locale/ca';
import 'dayjs/locale/es';

import {
  DateInput,
  DatesProvider,
  DateTimePicker,
  type DateInputProps,
  type DateTimePickerProps,
} from '@mantine/dates';
import type { ReactNode } from 'react';
import { useLocale } from '@/i18n/locale';
import { useWords } from '@/i18n/words';

/** Fields below it speak the user's language; weeks begin on Monday. */
export function DateFields({ children }: { children: ReactNode }) {
  const { locale } = useLocale();
  return <DatesProvider settings={{ locale, firstDayOfWeek: 1 }}>{children}</DatesProvider>;
}

/** A day as `2026-11-24`. */
export function DayField(props: Omit<DateInputProps, 'valueFormat'>) {
  const { actions } = useWords();
  return (
    <DateInput
      valueFormat="D MMM YYYY"
      popoverProps={{ withinPortal: true }}
      clearButtonProps={{ 'aria-label': actions.clear }}
      {...props}
    />
  );
}

/** A moment as `2026-11-24 10:30:00`, in the user's own time zone. */
export function MomentField(props: Omit<DateTimePickerProps, 'valueFormat'>) {
  const { actions } = useWords();
  return (
    <DateTimePicker
      valueFormat="D MMM YYYY, HH:mm"
      popoverProps={{ withinPortal: true }}
      clearButtonProps={{ 'aria-label': actions.clear }}
      {...props}
    />
  );
}
