import { TextInput, type TextInputProps } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '@/i18n/words';
import { typedTime } from './typedTime';

type Props = Omit<TextInputProps, 'value' | 'defaultValue' | 'onChange'> & {
  value: string;
  onChange: (value: string) => void;
};

/** A time of day (`09:30`, '' while empty), read when the field is left as days are. */
export function TimeField({ value, error, onChange, ...rest }: Props) {
  const { fields } = useWords();
  const [typed, setTyped] = useState<string | null>(null);
  const read = () => {
    if (typed === null) return;
    setTyped(null);
    onChange(typedTime(typed) ?? typed.trim());
  };
  const unread = value !== '' && typedTime(value) === null;
  return (
    <TextInput
      {...rest}
      autoComplete="off"
      placeholder="9:30"
      value={typed ?? value}
      error={typed === null && unread ? fields.time : error}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={read}
      onKeyDown={(event) => event.key === 'Enter' && read()}
    />
  );
}
