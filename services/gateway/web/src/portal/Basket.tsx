import { createContext, use, useState, type ReactNode } from 'react';
import type { CatalogueProduct } from './client';

export type BasketLine = { product: CatalogueProduct; quantity: number };

type Basket = {
  lines: BasketLine[];
  /** Nought takes the product out. */
  setQuantity: (product: CatalogueProduct, quantity: number) => void;
  clear: () => void;
};

const BasketContext = createContext<Basket>({
  lines: [],
  setQuantity: () => undefined,
  clear: () => undefined,
});

/** Lives as long as the page: nothing of it is stored. */
export function BasketProvider({ children }: { children: ReactNode }) {
  const [lines, setLines] = useState<BasketLine[]>([]);
  const setQuantity = (product: CatalogueProduct, quantity: number) =>
    setLines((before) => {
      if (quantity <= 0) return before.filter((line) => line.product.id !== product.id);
      if (!before.some((line) => line.product.id === product.id)) return [...before, { product, quantity }];
      return before.map((line) => (line.product.id === product.id ? { product, quantity } : line));
    });
  return <BasketContext value={{ lines, setQuantity, clear: () => setLines([]) }}>{children}</BasketContext>;
}

export function useBasket(): Basket {
  return use(BasketContext);
}
