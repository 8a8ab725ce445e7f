import { Button, type ButtonProps } from '@mantine/core';

type Pages = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };

/** Asks for the next page of a list, where there is one; its words are the children. */
export function LoadMore({ of, ...props }: ButtonProps & { of: Pages }) {
  if (!of.hasNextPage) return null;
  return (
    <Button
      variant="subtle"
      loading={of.isFetchingNextPage}
      onClick={() => void of.fetchNextPage()}
      {...props}
    />
  );
}
