import { ActionIcon, Autocomplete, MultiSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { memo, type KeyboardEvent } from 'react';
import type { Tax } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { DecimalField } from '@/ui/DecimalField';
import type { DraftLine } from './draft';
import { productSearchQuery } from './products';
import classes from './DraftEditor.module.css';

type Props = {
  line: DraftLine;
  number: number;
  amount: string;
  currency: string;
  taxes: Tax[];
  errors?: LineErrors;
  /** `atOnce`: the server has something to add, so do not wait for the typing to pause. */
  onChange: (key: number, changes: Partial<DraftLine>, atOnce: boolean) => void;
  onRemove: (key: number) => void;
  onEnter: (key: number) => void;
};

/** By the line's field. */
export type LineErrors = Partial<Record<string, string>>;

/** Drawn anew only when something of its own has changed: there may be hundreds. */
export const LineEditor = memo(function LineEditor(props: Props) {
  const { line, number, amount, currency, taxes, errors, onRemove, onEnter } = props;
  const { document: texts, editor } = useTexts();
  const { money } = useFormats();
  const onChange = (changes: Partial<DraftLine>, atOnce: boolean) =>
    props.onChange(line.key, changes, atOnce);
  const onKeyDown = (event: KeyboardEvent) => {
    // Where a list is open, Enter has chosen from it.
    const written = event.target instanceof HTMLInputElement && !event.defaultPrevented;
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || !written) return;
    event.preventDefault();
    onEnter(line.key);
  };
  const numberField = (field: 'quantity' | 'unit_price' | 'discount_pct', label: string, unit?: string) => (
    <DecimalField
      classNames={{ root: classes.number, label: classes.narrowLabel }}
      label={label}
      aria-label={`${label}, ${editor.line(number)}`}
      unit={unit}
      value={line[field]}
      error={errors?.[field]}
      onChange={(value) => onChange({ [field]: value }, false)}
    />
  );
  return (
    <div className={classes.line} role="group" aria-label={editor.line(number)} onKeyDown={onKeyDown}>
      <div className={classes.what}>
        <ProductField
          line={line}
          number={number}
          error={errors?.description ?? errors?.product_id}
          onChange={onChange}
        />
      </div>
      {numberField('quantity', texts.quantity)}
      {numberField('unit_price', texts.price, currency)}
      {numberField('discount_pct', texts.discount, '%')}
      <MultiSelect
        className={classes.taxes}
        aria-label={`${texts.taxes}, ${editor.line(number)}`}
        maxValues={3}
        data={taxes.map(({ code, name }) => ({ value: code, label: name }))}
        value={line.taxes ?? []}
        error={errors?.taxes}
        onChange={(chosen) => onChange({ taxes: chosen }, true)}
      />
      <div className={classes.amount}>{money(amount, currency)}</div>
      <ActionIcon
        className={classes.remove}
        variant="subtle"
        color="gray"
        size={36}
        aria-label={editor.removeLine(number)}
        onClick={() => onRemove(line.key)}
      >
        <IconX size={17} />
      </ActionIcon>
    </div>
  );
});

type ProductProps = Pick<Props, 'line' | 'number'> & {
  error?: string;
  onChange: (changes: Partial<DraftLine>, atOnce: boolean) => void;
};

/** Free text that finds products: choosing one leaves price and taxes to the server, which knows the contact's. */
function ProductField({ line, number, error, onChange }: ProductProps) {
  const { editor } = useTexts();
  const [q] = useDebouncedValue(line.description, 150);
  const found = useQuery({
    ...productSearchQuery(q.trim()),
    enabled: q.trim().length > 1 && line.product_id === null,
  });
  const products = line.product_id === null && q.trim().length > 1 ? (found.data ?? []) : [];
  const write = (description: string) => {
    const product = products.find(({ name }) => name === description);
    if (product) onChange({ product_id: product.id, description, unit_price: '', taxes: null }, true);
    else onChange({ description, ...(description === '' ? { product_id: null } : {}) }, false);
  };
  return (
    <Autocomplete
      aria-label={`${editor.product}, ${editor.line(number)}`}
      placeholder={editor.productHint}
      autoFocus={line.description === ''}
      data={[...new Set(products.map(({ name }) => name))]}
      filter={({ options }) => options}
      value={line.description}
      error={error}
      onChange={write}
    />
  );
}
