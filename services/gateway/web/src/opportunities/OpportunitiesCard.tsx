import { Button, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import type { Opportunity, Panel } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useWasOpen } from '@/drafts/DraftOwner';
import { useFormats } from '@/i18n/formats';
import { PanelCard } from '@/panel/PanelCard';
import { usePanelFrame } from '@/panel/PanelContext';
import { SectionBody } from '@/panel/SectionBody';
import { opportunityDraft } from './opportunities';
import { OpportunityItem } from './OpportunityItem';

const OpportunityDialog = lazy(async () => ({
  default: (await import('./OpportunityDialog')).OpportunityDialog,
}));
const LoseDialog = lazy(async () => ({ default: (await import('./LoseDialog')).LoseDialog }));

type Dialog = { kind: 'new' } | { kind: 'edit' | 'lose'; opportunity: Opportunity };

export function OpportunitiesCard({ section }: { section: Panel['sections']['opportunities'] | undefined }) {
  const { opportunities: texts } = useTexts();
  const { contactId } = usePanelFrame();
  const { money } = useFormats();
  const [dialog, setDialog] = useState<Dialog | undefined>(
    useWasOpen(opportunityDraft(contactId)) ? { kind: 'new' } : undefined,
  );
  const close = () => setDialog(undefined);
  const data = section?.data;
  return (
    <PanelCard
      title={texts.title}
      aside={
        data &&
        data.count > 0 && (
          <Text fz={13} fw={560} c="dimmed" className="figures" title={texts.sum}>
            {money(data.value_total, data.currency)}
          </Text>
        )
      }
    >
      <SectionBody section={section} title={texts.title} height={150}>
        {({ items }) => (
          <Stack gap={12}>
            {items.length === 0 && (
              <Text size="sm" c="dimmed">
                {texts.none}
              </Text>
            )}
            {items.map((opportunity) => (
              <OpportunityItem
                key={opportunity.id}
                opportunity={opportunity}
                onEdit={() => setDialog({ kind: 'edit', opportunity })}
                onLose={() => setDialog({ kind: 'lose', opportunity })}
              />
            ))}
          </Stack>
        )}
      </SectionBody>
      <Button
        variant="light"
        size="xs"
        fullWidth
        mt="md"
        leftSection={<IconPlus size={15} aria-hidden />}
        onClick={() => setDialog({ kind: 'new' })}
      >
        {texts.new}
      </Button>
      <Suspense>
        {dialog?.kind === 'lose' && <LoseDialog opportunity={dialog.opportunity} onClose={close} />}
        {(dialog?.kind === 'new' || dialog?.kind === 'edit') && (
          <OpportunityDialog
            contactId={contactId}
            opportunity={dialog.kind === 'edit' ? dialog.opportunity : undefined}
            onClose={close}
          />
        )}
      </Suspense>
    </PanelCard>
  );
}
