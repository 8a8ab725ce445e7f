import { Select, SimpleGrid } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { Document } from '@/api/types';
import { useTexts } from '@/app/texts';
import { digitsOf } from '@/i18n/currencies';
import { useToday } from '@/session/session';
import { DayField } from '@/ui/dates/DayField';
import { dayProblem } from '@/ui/dates/dayProblem';
import { DecimalField } from '@/ui/DecimalField';
import { decimalProblem } from '@/ui/decimalProblem';
import { useKeptForm } from '@/drafts/useKeptForm';
import { FormDialog } from '@/ui/FormDialog';
import { tell } from '@/ui/notices';
import { useSubmitProblems } from '@/ui/useSubmitProblems';
import { useDocumentSteps } from './documents';
import { PAYMENT_METHODS } from './kinds';

type Values = { amount: string; date: string | null; method: string };

/** Money that came, or went: by default all that is pending, today. */
export function PayDialog({ document, onClose }: { document: Document; onClose: () => void }) {
  const texts = useTexts();
  const { pay } = useDocumentSteps(document.id);
  const digits = digitsOf(document.currency);
  const form = useForm<Values>({
    initialValues: {
      amount: document.pending_total,
      date: useToday(),
      method: document.payment_method ?? PAYMENT_METHODS[0],
    },
    validate: {
      amount: (amount) => decimalProblem(amount, texts.fields, { required: true, digits }),
      date: (date) => dayProblem(date, texts.fields, { required: true }),
    },
  });
  const kept = useKeptForm(form, `pay:${document.id}`);
  const onError = useSubmitProblems(form);
  const submit = ({ amount, date, method }: Values) => {
    const saved = () => {
      kept.clear();
      tell(texts.editor.paid);
      onClose();
    };
    pay.mutateAsync({ amount, date: date ?? '', method }).then(saved, onError);
  };
  return (
    <FormDialog
      title={texts.editor.payTitle}
      busy={pay.isPending}
      form={form}
      kept={kept}
      onClose={onClose}
      onSubmit={form.onSubmit(submit)}
    >
      <SimpleGrid cols={2}>
        <DecimalField
          label={`${texts.editor.payAmount} (${document.currency})`}
          unit={document.currency}
          digits={digits}
          data-autofocus
          {...form.getInputProps('amount')}
        />
        <DayField label={texts.editor.payDate} {...form.getInputProps('date')} />
      </SimpleGrid>
      <Select
        label={texts.editor.payMethod}
        allowDeselect={false}
        data={PAYMENT_METHODS.map((method) => ({ value: method, label: texts.editor.methods[method] }))}
        {...form.getInputProps('method')}
      />
    </FormDialog>
  );
}
