import { Avatar } from '@mantine/core';
import type { ContactKind } from '@/api/types';

type Props = { name: string; kind?: ContactKind; size?: number };

/** Companies are square, people round. */
export function Initials({ name, kind = 'person', size = 34 }: Props) {
  return (
    <Avatar
      size={size}
      radius={kind === 'company' ? Math.round(size / 4.5) : 'xl'}
      color="accent"
      variant="light"
      aria-hidden
      styles={{ placeholder: { fontSize: size * 0.36, fontWeight: 620 } }}
    >
      {initialsOf(name)}
    </Avatar>
  );
}

function initialsOf(name: string): string {
  const [first, second] = name.split(/[\s\-–,.]+/).filter((word) => /^\p{L}/u.test(word));
  return ((first?.[0] ?? '·') + (second?.[0] ?? '')).toUpperCase();
}
