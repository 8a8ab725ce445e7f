import '@mantine/dates/styles.layer.css';
import 'dayjs/locale/ca';
import 'dayjs/locale/es';

import { FocusTrap } from '@mantine/core';
import { DatePicker, DatesProvider } from '@mantine/dates';
import { useLocale } from '@/i18n/locale';
import { useWords } from '@/i18n/words';

type Props = {
  value: string | null;
  today: string;
  onChoose: (day: string) => void;
  onClose: () => void;
};

/** A month to choose a day from; the focus begins at the chosen one. Weeks begin on Monday. */
export function DayCalendar({ value, today, onChoose, onClose }: Props) {
  const { locale } = useLocale();
  const { fields } = useWords();
  const start = value ?? today;
  return (
    <DatesProvider settings={{ locale, firstDayOfWeek: 1 }}>
      <FocusTrap active>
        <div
          role="group"
          aria-label={fields.calendar}
          onKeyDown={(event) => event.key === 'Escape' && onClose()}
        >
          <DatePicker
            // A dialog around it stays open when Escape closes the calendar.
            __stopPropagation
            value={value}
            defaultDate={start}
            onChange={(chosen) => chosen && onChoose(chosen)}
            getDayProps={(day) => (day === start ? { 'data-autofocus': true } : {})}
            ariaLabels={{
              previousMonth: fields.earlier,
              nextMonth: fields.later,
              previousYear: fields.earlier,
              nextYear: fields.later,
              previousDecade: fields.earlier,
              nextDecade: fields.later,
            }}
          />
        </div>
      </FocusTrap>
    </DatesProvider>
  );
}
