import {
  IconChecklist,
  IconMail,
  IconMapPin,
  IconPhone,
  IconUsersGroup,
  type Icon,
} from '@tabler/icons-react';
import type { ActivityKind } from '@/api/types';

const ICONS: Record<ActivityKind, Icon> = {
  call: IconPhone,
  meeting: IconUsersGroup,
  task: IconChecklist,
  email: IconMail,
  visit: IconMapPin,
};

export function ActivityIcon({ kind, label }: { kind: ActivityKind; label: string }) {
  const Symbol = ICONS[kind];
  return (
    <Symbol
      size={17}
      stroke={1.7}
      role="img"
      aria-label={label}
      color="var(--text-soft)"
      style={{ flexShrink: 0 }}
    />
  );
}
