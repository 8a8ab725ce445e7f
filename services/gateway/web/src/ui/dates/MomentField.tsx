import { useWords } from '@/i18n/words';
import { DayField } from './DayField';
import { isMoment } from './dayProblem';
import classes from './MomentField.module.css';
import { TimeField } from './TimeField';

type Props = {
  label: string;
  value?: string | null;
  error?: React.ReactNode;
  required?: boolean;
  onChange?: (value: string | null) => void;
};

/**
 * A day and its time, as `2026-11-24 10:30:00` in the user's own time zone. As long as one of the two is missing or
 * cannot be read, both are handed on as they were typed, a line each, for the form to refuse (`momentProblem`).
 */
export function MomentField({ label, value = null, error, required, onChange }: Props) {
  const { fields } = useWords();
  const [day = '', time = ''] = isMoment(value ?? '')
    ? [value?.slice(0, 10), value?.slice(11, 16)]
    : (value ?? '').split('\n');
  const handOn = (nextDay: string, nextTime: string) => {
    const whole = `${nextDay} ${nextTime}:00`;
    onChange?.(isMoment(whole) ? whole : nextDay || nextTime ? `${nextDay}\n${nextTime}` : null);
  };
  return (
    <div className={classes.moment}>
      <DayField
        label={label}
        required={required}
        value={day || null}
        error={day || !time ? error : fields.missing}
        onChange={(next) => handOn(next ?? '', time)}
      />
      <TimeField
        label={fields.timeOf}
        aria-label={`${fields.timeOf} · ${label}`}
        required={required}
        value={time}
        error={day && !time ? fields.missing : undefined}
        onChange={(next) => handOn(day, next)}
      />
    </div>
  );
}
