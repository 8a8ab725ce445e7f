import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Section } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { usePanelFrame } from './PanelContext';

type Props<Data> = {
  section: Section<Data> | undefined;
  title: string;
  /** Height of the skeleton in pixels: about that of the usual content, so that nothing jumps. */
  height: number;
  children: (data: Data) => ReactNode;
};

/** One section on its own: waiting, missing with a way to retry, or there (perhaps as last known). */
export function SectionBody<Data>({ section, title, height, children }: Props<Data>) {
  const texts = useTexts();
  if (!section) return <Skeleton height={height} aria-label={texts.loading} role="status" />;
  if (!section.data) {
    return <Unavailable title={title} forbidden={section.reason === 'forbidden'} height={height} />;
  }
  return (
    <>
      {section.status === 'stale' && <LastKnown asOf={section.as_of} />}
      {children(section.data)}
    </>
  );
}

function LastKnown({ asOf }: { asOf: string }) {
  const { panel, actions } = useTexts();
  const { moment } = useFormats();
  const { retry, retrying } = usePanelFrame();
  return (
    <Group justify="space-between" gap="xs" mb="sm" role="status">
      <Text fz={12.5} c="dimmed">
        {panel.stale(moment(asOf))}
      </Text>
      <Button size="compact-xs" variant="light" loading={retrying} onClick={retry}>
        {actions.retry}
      </Button>
    </Group>
  );
}

/** As high as what it stands for: nothing jumps when that goes away or comes back. */
function Unavailable({ title, forbidden, height }: { title: string; forbidden: boolean; height: number }) {
  const { panel, actions } = useTexts();
  const { retry, retrying } = usePanelFrame();
  if (forbidden) {
    return (
      <Text size="sm" c="dimmed">
        {panel.noPermission}
      </Text>
    );
  }
  return (
    <Stack gap={6} align="flex-start" role="status" mih={height}>
      <Text size="sm" fw={550}>
        {panel.unavailable(title)}
      </Text>
      <Text size="sm" c="dimmed">
        {panel.unavailableHint}
      </Text>
      <Button size="compact-sm" variant="light" mt={4} loading={retrying} onClick={retry}>
        {actions.retry}
      </Button>
    </Stack>
  );
}
