import { Button, Group, Stack, Text, Textarea, Title } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import Big from 'big.js';
import { digitsOf } from '@/i18n/currencies';
import { useFormats } from '@/i18n/formats';
import { tell } from '@/ui/notices';
import { useAttempt } from '@/ui/useAttempt';
import { useBasket, type BasketLine } from './Basket';
import { meQuery, usePlaceOrder } from './client';
import { QuantityStepper } from './QuantityStepper';
import { useTexts } from './texts';
import bar from './CataloguePage.module.css';
import classes from './PortalShell.module.css';

export function BasketCard() {
  const { shop } = useTexts();
  const { money, price } = useFormats();
  const { data: me } = useSuspenseQuery(meQuery);
  const { lines, notes, setQuantity, setNotes, clear } = useBasket();
  const place = usePlaceOrder();
  const attempt = useAttempt();
  const order = () =>
    attempt(
      place.mutateAsync({
        lines: lines.map(({ product, quantity }) => ({ product_id: product.id, quantity: String(quantity) })),
        notes: notes.trim() || null,
      }),
      () => {
        tell(shop.placed);
        clear();
      },
    );
  return (
    <section id="basket" className={classes.card} aria-label={shop.basket} tabIndex={-1}>
      <Title order={2} fz={16} mb="sm">
        {shop.basket}
      </Title>
      {lines.length === 0 ? (
        <Text size="sm" c="dimmed">
          {shop.empty}
        </Text>
      ) : (
        <Stack gap="md">
          {lines.map(({ product, quantity }) => (
            <Group key={product.id} justify="space-between" wrap="nowrap" gap="sm">
              <div style={{ minWidth: 0 }}>
                <Text size="sm" fw={550} truncate>
                  {product.name}
                </Text>
                <Text fz={12.5} c="dimmed" className="figures">
                  {price(product.unit_price, product.currency)}
                </Text>
              </div>
              <QuantityStepper
                name={product.name}
                quantity={quantity}
                onChange={(next) => setQuantity(product, next)}
              />
            </Group>
          ))}
          <Textarea
            label={shop.notes}
            autosize
            minRows={2}
            value={notes}
            onChange={(event) => setNotes(event.currentTarget.value)}
          />
          <Group justify="space-between">
            <Text size="sm" c="dimmed">
              {shop.sum}
            </Text>
            <Text fw={640} className="figures">
              {sumsOf(lines, money)}
            </Text>
          </Group>
          {isMixed(lines) && (
            <Text size="sm" role="alert">
              {shop.mixed}
            </Text>
          )}
          <Button
            fullWidth
            disabled={me.read_only || isMixed(lines)}
            loading={place.isPending}
            onClick={order}
          >
            {shop.place}
          </Button>
        </Stack>
      )}
    </section>
  );
}

/** Where the basket is far below the products: what is in it, and the way there. */
export function BasketBar() {
  const { shop } = useTexts();
  const { money } = useFormats();
  const { lines } = useBasket();
  if (lines.length === 0) return null;
  const count = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return (
    <Button
      component="a"
      href="#basket"
      size="md"
      fullWidth
      justify="space-between"
      className={bar.bar}
      rightSection={sumsOf(lines, money)}
    >
      {shop.basket} ({count})
    </Button>
  );
}

/** An order is in one currency: its document has one. */
function isMixed(lines: BasketLine[]): boolean {
  return new Set(lines.map(({ product }) => product.currency)).size > 1;
}

function sumsOf(lines: BasketLine[], money: (amount: string, currency: string) => string): string {
  const sums = new Map<string, Big>();
  for (const { product, quantity } of lines) {
    const line = Big(product.unit_price).times(quantity);
    sums.set(product.currency, line.plus(sums.get(product.currency) ?? 0));
  }
  return [...sums].map(([currency, sum]) => money(sum.toFixed(digitsOf(currency)), currency)).join(' + ');
}
