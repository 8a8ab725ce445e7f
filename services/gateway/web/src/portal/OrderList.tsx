import { Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useFormats } from '@/i18n/formats';
import { ordersQuery } from './client';
import { useTexts } from './texts';
import classes from './PortalShell.module.css';

/** What was ordered before; nothing where nothing was. */
export function OrderList() {
  const { shop, documentStatuses } = useTexts();
  const { dayOf, number } = useFormats();
  const { data: orders = [] } = useQuery(ordersQuery);
  if (orders.length === 0) return null;
  const statusOf = (status: string) =>
    shop.status[status] ?? Object.entries(documentStatuses).find(([name]) => name === status)?.[1] ?? status;
  return (
    <section className={classes.card} aria-label={shop.yours}>
      <Title order={2} fz={16} mb="sm">
        {shop.yours}
      </Title>
      <Stack gap="md">
        {orders.map((order) => (
          <div key={order.id}>
            <Group justify="space-between">
              <Text size="sm" fw={550}>
                {shop.placedOn(dayOf(order.placed_at))}
              </Text>
              <Text fz={12.5} c="dimmed">
                {statusOf(order.status)}
              </Text>
            </Group>
            <Text fz={12.5} c="dimmed">
              {order.lines.map(({ name, quantity }) => `${number(quantity)} × ${name}`).join(', ')}
            </Text>
          </div>
        ))}
      </Stack>
    </section>
  );
}
