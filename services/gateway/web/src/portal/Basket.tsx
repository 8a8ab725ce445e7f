import { useLocalStorage } from '@mantine/hooks';
import { createContext, use, type ReactNode } from 'react';
import type { CatalogueProduct } from './client';

export type BasketLine = { product: CatalogueProduct; quantity: number };

type Basket = {
  lines: BasketLine[];
  notes: string;
  /** Nought takes the product out. */
  setQuantity: (product: CatalogueProduct, quantity: number) => void;
  setNotes: (notes: string) => void;
  clear: () => void;
};

type Stored = { lines: BasketLine[]; notes: string };
const EMPTY: Stored = { lines: [], notes: '' };

const BasketContext = createContext<Basket>({
  ...EMPTY,
  setQuantity: () => undefined,
  setNotes: () => undefined,
  clear: () => undefined,
});

/** Kept in this browser, by client, until it is ordered: over a reload, a new login and a closed tab. */
export function BasketProvider({ owner, children }: { owner: string; children: ReactNode }) {
  const [{ lines, notes }, store] = useLocalStorage<Stored>({
    key: `ficha.basket:${owner}`,
    defaultValue: EMPTY,
    getInitialValueInEffect: false,
  });
  const setQuantity = (product: CatalogueProduct, quantity: number) =>
    store((before) => ({ ...before, lines: withQuantity(before.lines, product, quantity) }));
  const setNotes = (next: string) => store((before) => ({ ...before, notes: next }));
  return (
    <BasketContext value={{ lines, notes, setQuantity, setNotes, clear: () => store(EMPTY) }}>
      {children}
    </BasketContext>
  );
}

function withQuantity(lines: BasketLine[], product: CatalogueProduct, quantity: number): BasketLine[] {
  if (quantity <= 0) return lines.filter((line) => line.product.id !== product.id);
  if (!lines.some((line) => line.product.id === product.id)) return [...lines, { product, quantity }];
  return lines.map((line) => (line.product.id === product.id ? { product, quantity } : line));
}

export function useBasket(): Basket {
  return use(BasketContext);
}
