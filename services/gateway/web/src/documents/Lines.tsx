import { Button, Text } from '@mantine/core';
import { useCallbackRef } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo } from 'react';
import type { Document, Tax } from '@/api/types';
import { useTexts } from '@/app/texts';
import { digitsOf } from '@/i18n/currencies';
import { isDay } from '@/ui/dates/typedDay';
import { fieldErrors } from '@/ui/problemText';
import { addUp, type LineFigures } from './amounts';
import { emptyLine, figuresOf, isBegun, type DraftLine } from './draft';
import { LineEditor, type LineErrors } from './LineEditor';
import { taxesQuery } from './products';
import { Totals } from './Totals';
import type { useDraft } from './useDraft';
import classes from './DraftEditor.module.css';

type Props = { document: Document; editing: ReturnType<typeof useDraft> };

/** A draft's lines and what they add up to. A key pressed draws its own line anew; the sums follow when there is time. */
export function Lines({ document, editing: { draft, error, change } }: Props) {
  const texts = useTexts();
  const { currency } = document;
  const on = draft.issue_date && isDay(draft.issue_date) ? draft.issue_date : document.issue_date;
  const taxes = useQuery(taxesQuery(on)).data ?? NO_TAXES;
  const lines = useDeferredValue(draft.lines);
  const sums = useMemo(() => sumsOf(lines, taxes, currency), [lines, taxes, currency]);
  const errors = errorsByLine(draft.lines, fieldErrors(error, texts));

  const setLine = useCallbackRef((key: number, changes: Partial<DraftLine>, atOnce: boolean) =>
    change(
      (now) => ({ lines: now.lines.map((line) => (line.key === key ? { ...line, ...changes } : line)) }),
      { atOnce },
    ),
  );
  const removeLine = useCallbackRef((key: number) =>
    change((now) => ({ lines: now.lines.filter((line) => line.key !== key) }), { atOnce: true }),
  );
  const addLine = useCallbackRef((below?: number) =>
    change((now) => {
      const at = now.lines.findIndex(({ key }) => key === below);
      return { lines: now.lines.toSpliced(at < 0 ? now.lines.length : at + 1, 0, emptyLine()) };
    }),
  );

  return (
    <section aria-label={texts.editor.lines}>
      {draft.lines.length > 0 && <LineHeads />}
      {draft.lines.map((line, index) => (
        <LineEditor
          key={line.key}
          line={line}
          number={index + 1}
          amount={sums.byLine.get(line.key) ?? '0'}
          currency={currency}
          taxes={taxes}
          errors={errors.get(line.key)}
          onChange={setLine}
          onRemove={removeLine}
          onEnter={addLine}
        />
      ))}
      {draft.lines.length === 0 && (
        <Text size="sm" c="dimmed" mb="sm">
          {texts.editor.empty}
        </Text>
      )}
      <Button
        variant="light"
        size="xs"
        mt="sm"
        leftSection={<IconPlus size={15} aria-hidden />}
        onClick={() => addLine()}
      >
        {texts.editor.addLine}
      </Button>
      <Totals {...sums.total} currency={currency} on={on} />
    </section>
  );
}

const NO_TAXES: Tax[] = [];

function sumsOf(lines: DraftLine[], taxes: Tax[], currency: string) {
  const rates = new Map(taxes.map(({ code, rate }) => [code, rate]));
  const total = addUp(lines.map(knownFigures), rates, digitsOf(currency));
  return { total, byLine: new Map(lines.map(({ key }, index) => [key, total.lines[index]])) };
}

const known = new WeakMap<DraftLine, LineFigures>();

/** The same object for the same line: what is reckoned of it once is not reckoned again. */
function knownFigures(line: DraftLine): LineFigures {
  const found = known.get(line) ?? figuresOf(line);
  known.set(line, found);
  return found;
}

/** The server counts the lines it was sent: those that are begun. */
function errorsByLine(lines: DraftLine[], errors: Record<string, string>): Map<number, LineErrors> {
  const found = new Map<number, LineErrors>();
  if (Object.keys(errors).length === 0) return found;
  lines.filter(isBegun).forEach(({ key }, index) => {
    const start = `lines.${index}.`;
    const own = Object.entries(errors).filter(([field]) => field.startsWith(start));
    if (own.length > 0)
      found.set(key, Object.fromEntries(own.map(([field, text]) => [field.slice(start.length), text])));
  });
  return found;
}

function LineHeads() {
  const { document: texts, editor } = useTexts();
  return (
    <div className={`${classes.line} ${classes.heads}`} aria-hidden>
      <span>{editor.product}</span>
      <span>{texts.quantity}</span>
      <span>{texts.price}</span>
      <span>{texts.discount}</span>
      <span>{texts.taxes}</span>
      <span>{texts.amount}</span>
    </div>
  );
}
