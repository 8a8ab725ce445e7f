import { Table, Text } from '@mantine/core';
import { useFormats } from '@/i18n/formats';
import { useWords } from '@/i18n/words';

type Line = {
  description: string;
  quantity: string;
  unit_price: string;
  discount_pct: string;
  subtotal: string;
};
type Props = { lines: Line[]; currency: string };

/** A document's lines, as staff and client see them. On a phone the figures stand below the description. */
export function LineTable({ lines, currency }: Props) {
  const { document: texts } = useWords();
  const { money, number, price: priceIn } = useFormats();
  const discounted = lines.some((line) => Number(line.discount_pct));
  return (
    <Table verticalSpacing={10}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{texts.description}</Table.Th>
          <Table.Th ta="right" visibleFrom="sm">
            {texts.quantity}
          </Table.Th>
          <Table.Th ta="right" visibleFrom="sm">
            {texts.price}
          </Table.Th>
          {discounted && (
            <Table.Th ta="right" visibleFrom="sm">
              {texts.discount}
            </Table.Th>
          )}
          <Table.Th ta="right">{texts.amount}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {lines.map((line, index) => {
          const quantity = number(line.quantity);
          const price = priceIn(line.unit_price, currency);
          const discount = Number(line.discount_pct) ? `${number(line.discount_pct)} %` : '';
          return (
            <Table.Tr key={index}>
              <Table.Td>
                {line.description}
                <Text fz={13} c="dimmed" className="figures" hiddenFrom="sm">
                  {quantity} × {price}
                  {discount && ` − ${discount}`}
                </Text>
              </Table.Td>
              <Table.Td ta="right" className="figures" visibleFrom="sm">
                {quantity}
              </Table.Td>
              <Table.Td ta="right" className="figures" visibleFrom="sm">
                {price}
              </Table.Td>
              {discounted && (
                <Table.Td ta="right" className="figures" visibleFrom="sm">
                  {discount}
                </Table.Td>
              )}
              <Table.Td ta="right" className="figures">
                {money(line.subtotal, currency)}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
