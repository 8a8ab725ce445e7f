import { ActionIcon, Popover, TextInput, type TextInputProps } from '@mantine/core';
import { IconCalendar } from '@tabler/icons-react';
import { lazy, Suspense, useRef, useState, type KeyboardEvent } from 'react';
import { useFormats } from '@/i18n/formats';
import { useToday } from '@/session/session';
import { useWords } from '@/i18n/words';
import { isDay, typedDay } from './typedDay';

const DayCalendar = lazy(async () => ({ default: (await import('./DayCalendar')).DayCalendar }));

export type DayFieldProps = Omit<TextInputProps, 'value' | 'defaultValue' | 'onChange'> & {
  value?: string | null;
  onChange?: (value: string | null) => void;
};

/**
 * The one field for days (`2026-11-24`, null while empty): written in words or figures, or chosen from a calendar.
 * What was typed is read when the field is left; what cannot be read stays and is handed on as it is, for the form to
 * refuse (`dayProblem`).
 */
export function DayField({ value = null, error, onChange, onBlur, onKeyDown, ...rest }: DayFieldProps) {
  const { fields } = useWords();
  const { day } = useFormats();
  const today = useToday();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [opened, setOpened] = useState(false);
  const unread = value !== null && !isDay(value);

  const read = () => {
    if (typed === null) return;
    const text = typed.trim();
    const next = text === '' ? null : (typedDay(text, today) ?? text);
    setTyped(null);
    if (next !== value) onChange?.(next);
  };
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    onKeyDown?.(event);
    if (event.key === 'Enter') read();
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      read();
      setOpened(true);
    }
  };
  const close = () => {
    setOpened(false);
    input.current?.focus();
  };

  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" withRoles={false}>
      <Popover.Target>
        <TextInput
          {...rest}
          ref={input}
          autoComplete="off"
          placeholder={fields.dayShape}
          value={typed ?? (value && !unread ? day(value) : value) ?? ''}
          error={typed === null && unread ? fields.day : error}
          data-mantine-stop-propagation={opened}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={(event) => {
            read();
            onBlur?.(event);
          }}
          onKeyDown={onKey}
          rightSection={
            <ActionIcon
              variant="subtle"
              color="gray"
              tabIndex={-1}
              aria-label={fields.calendar}
              disabled={rest.disabled}
              onClick={() => setOpened((before) => !before)}
            >
              <IconCalendar size={17} stroke={1.7} aria-hidden />
            </ActionIcon>
          }
        />
      </Popover.Target>
      <Popover.Dropdown>
        <Suspense>
          {opened && (
            <DayCalendar
              value={unread ? null : value}
              today={today}
              onChoose={(chosen) => {
                setTyped(null);
                onChange?.(chosen);
                close();
              }}
              onClose={close}
            />
          )}
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
