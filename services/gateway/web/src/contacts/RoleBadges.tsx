import { Badge, Group } from '@mantine/core';
import type { ContactRole } from '@/api/types';
import { useTexts } from '@/app/texts';

export function RoleBadges({ roles }: { roles: ContactRole[] }) {
  const { contact } = useTexts();
  return (
    <Group gap={6} wrap="wrap" component="span">
      {roles.map((role) => (
        <Badge
          key={role}
          size="md"
          variant="light"
          color={role === 'client' ? 'accent' : 'gray'}
          tt="none"
          fw={550}
          radius="sm"
        >
          {contact.roles[role]}
        </Badge>
      ))}
    </Group>
  );
}
