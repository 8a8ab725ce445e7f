import { Table } from '@mantine/core';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { isSame } from '@/merging/mergeValues';
import { isDay } from '@/ui/dates/typedDay';
import type { Draft, DraftLine } from './draft';
import { PAYMENT_METHODS } from './kinds';
import classes from './DraftEditor.module.css';

type Props = { mine: Draft; theirs: Draft };

/** What two people made of one draft, where it differs. */
export function DraftDifferences({ mine, theirs }: Props) {
  const { editor: texts } = useTexts();
  const show = useShown();
  const fields = (Object.keys(mine) as (keyof Draft)[]).filter((field) =>
    field === 'lines' ? !isSame(told(mine.lines), told(theirs.lines)) : !isSame(mine[field], theirs[field]),
  );
  if (fields.length === 0) return null;
  return (
    <Table mt="sm" className={classes.differences} aria-label={texts.differences}>
      <Table.Thead>
        <Table.Tr>
          <Table.Td />
          <Table.Th>{texts.mine}</Table.Th>
          <Table.Th>{texts.theirs}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {fields.map((field) => (
          <Table.Tr key={field}>
            <Table.Th>{show.name(field)}</Table.Th>
            <Table.Td>{show.value(mine, theirs, field)}</Table.Td>
            <Table.Td>{show.value(theirs, mine, field)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function useShown() {
  const { editor: texts } = useTexts();
  const { day, number } = useFormats();
  const names: Record<keyof Draft, string> = {
    issue_date: texts.issueDate,
    due_date: texts.dueDate,
    payment_method: texts.paymentMethod,
    supplier_number: texts.supplierNumber,
    corrects_id: texts.corrects,
    notes: texts.notes,
    lines: texts.lines,
  };
  const figure = (written: string) => (Number.isFinite(Number(written)) ? number(written) : written);
  const line = ({ description, quantity, unit_price }: DraftLine) =>
    [`${figure(quantity)} × ${description || '—'}`, unit_price && figure(unit_price)]
      .filter(Boolean)
      .join(' · ');
  const value = (own: Draft, other: Draft, field: keyof Draft): string => {
    if (field === 'lines') {
      const there = new Set(told(other.lines).map((each) => JSON.stringify(each)));
      const only = own.lines.filter((each) => !there.has(JSON.stringify(toldOf(each))));
      return only.map(line).join('\n') || '—';
    }
    const written = own[field];
    if (!written) return '—';
    const method = PAYMENT_METHODS.find((each) => field === 'payment_method' && each === written);
    if (method) return texts.methods[method];
    if (field === 'corrects_id') return '…';
    return isDay(written) ? day(written) : written;
  };
  return { name: (field: keyof Draft) => names[field], value };
}

/** Keys are this page's own. */
function told(lines: DraftLine[]) {
  return lines.map(toldOf);
}

function toldOf({ product_id, description, quantity, unit_price, discount_pct, taxes }: DraftLine) {
  return { product_id, description, quantity, unit_price, discount_pct, taxes };
}
