import { ActionIcon, Group, Text } from '@mantine/core';
import { IconMinus, IconPlus } from '@tabler/icons-react';
import { useTexts } from './texts';

type Props = { name: string; quantity: number; onChange: (quantity: number) => void };

export function QuantityStepper({ name, quantity, onChange }: Props) {
  const { shop } = useTexts();
  return (
    <Group gap={6} wrap="nowrap" role="group" aria-label={shop.quantityOf(name)}>
      <ActionIcon variant="default" aria-label={shop.less(name)} onClick={() => onChange(quantity - 1)}>
        <IconMinus size={15} />
      </ActionIcon>
      <Text fz={14} fw={600} miw={24} ta="center" className="figures" aria-live="polite">
        {quantity}
      </Text>
      <ActionIcon variant="default" aria-label={shop.more(name)} onClick={() => onChange(quantity + 1)}>
        <IconPlus size={15} />
      </ActionIcon>
    </Group>
  );
}
