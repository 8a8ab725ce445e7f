import { Group, Stack, Text, Title } from '@mantine/core';
import type { Panel } from '@/api/types';
import { useTexts } from '@/app/texts';
import { DocumentList } from '@/documents/DocumentList';
import { ButtonLink } from '@/ui/links';
import { YearSection } from '@/year/YearSection';
import { usePanelFrame } from './PanelContext';
import { SectionBody } from './SectionBody';

const LATEST = 6;

export function SummaryTab({ panel, year }: { panel?: Panel; year: number }) {
  return (
    <Stack gap={28} p={{ base: 'md', sm: 'lg' }}>
      <YearSection section={panel?.sections.year} year={year} />
      <Latest panel={panel} />
    </Stack>
  );
}

function Latest({ panel }: { panel?: Panel }) {
  const { documents: texts } = useTexts();
  const { contactId } = usePanelFrame();
  return (
    <section aria-label={texts.latest}>
      <Group justify="space-between" mb={6}>
        <Title order={2} fz={14.5}>
          {texts.latest}
        </Title>
        <ButtonLink
          to="/contacts/$contactId"
          params={{ contactId }}
          search={{ tab: 'sales' }}
          variant="subtle"
          size="compact-sm"
        >
          {texts.seeAll}
        </ButtonLink>
      </Group>
      <SectionBody section={panel?.sections.documents} title={texts.table} height={300}>
        {({ items }) =>
          items.length > 0 ? (
            <DocumentList documents={items.slice(0, LATEST)} />
          ) : (
            <Text size="sm" c="dimmed">
              {texts.noneHint}
            </Text>
          )
        }
      </SectionBody>
    </section>
  );
}
