import { Group, Text } from '@mantine/core';

export function Logo({ size = 24 }: { size?: number }) {
  return (
    <Group gap={9} wrap="nowrap">
      <img src="/favicon.svg" width={size} height={size} alt="" />
      <Text component="span" fw={680} fz={size * 0.75} lh={1}>
        Ficha
      </Text>
    </Group>
  );
}
