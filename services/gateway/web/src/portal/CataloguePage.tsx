import { Button, Group, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconBuildingStore } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useFormats } from '@/i18n/formats';
import { EmptyState } from '@/ui/EmptyState';
import { QueryProblem } from '@/ui/QueryProblem';
import { LoadMore } from '@/ui/LoadMore';
import { useBasket } from './Basket';
import { BasketBar, BasketCard } from './BasketCard';
import { catalogueQuery, type CatalogueProduct } from './client';
import { OrderList } from './OrderList';
import { QuantityStepper } from './QuantityStepper';
import { useTexts } from './texts';
import classes from './CataloguePage.module.css';
import { usePageTitle } from '@/ui/usePageTitle';

export function CataloguePage() {
  const { portal, shop } = useTexts();
  usePageTitle(portal.catalogue, portal.title);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="baseline">
        <Title order={1} fz={{ base: 22, sm: 26 }}>
          {portal.catalogue}
        </Title>
        <Text size="sm" c="dimmed">
          {shop.net}
        </Text>
      </Group>
      <div className={classes.columns}>
        <div>
          <Products />
          <BasketBar />
        </div>
        <div className={classes.side}>
          <BasketCard />
          <OrderList />
        </div>
      </div>
    </Stack>
  );
}

function Products() {
  const { shop, actions } = useTexts();
  const found = useInfiniteQuery(catalogueQuery);
  if (found.isPending) return <Skeleton height={420} />;
  if (found.isError) return <QueryProblem error={found.error} onRetry={() => void found.refetch()} />;
  const products = found.data.pages.flatMap((page) => page.items);
  if (products.length === 0)
    return <EmptyState icon={IconBuildingStore} title={shop.none} hint={shop.noneHint} />;
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 3 }} spacing="md">
        {products.map((product) => (
          <ProductCard key={product.id} product={product} />
        ))}
      </SimpleGrid>
      <LoadMore of={found}>{actions.loadMore}</LoadMore>
    </Stack>
  );
}

function ProductCard({ product }: { product: CatalogueProduct }) {
  const { shop } = useTexts();
  const { price } = useFormats();
  const { lines, setQuantity } = useBasket();
  const quantity = lines.find((line) => line.product.id === product.id)?.quantity ?? 0;
  return (
    <article className={classes.product}>
      <div>
        <Text fz={12.5} c="dimmed">
          {product.category}
        </Text>
        <Text fw={600} fz={15} lh={1.35}>
          {product.name}
        </Text>
        <Text fz={13} c="dimmed" lineClamp={2}>
          {product.description}
        </Text>
      </div>
      <Group justify="space-between" wrap="nowrap" mih={36}>
        <Text fw={620} fz={16} className="figures">
          {price(product.unit_price, product.currency)}
        </Text>
        {quantity > 0 ? (
          <QuantityStepper
            name={product.name}
            quantity={quantity}
            onChange={(next) => setQuantity(product, next)}
          />
        ) : (
          <Button
            variant="light"
            size="xs"
            aria-label={`${shop.add} ${product.name}`}
            onClick={() => setQuantity(product, 1)}
          >
            {shop.add}
          </Button>
        )}
      </Group>
    </article>
  );
}
