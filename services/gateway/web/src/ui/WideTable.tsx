import { Table, type TableProps } from '@mantine/core';

type Props = TableProps & { label: string; minWidth: number };

/** A table that scrolls sideways where it does not fit, by keyboard too. */
export function WideTable({ label, minWidth, ...table }: Props) {
  return (
    <Table.ScrollContainer minWidth={minWidth} type="native" tabIndex={0} role="group" aria-label={label}>
      <Table {...table} />
    </Table.ScrollContainer>
  );
}
