import { Button, Group } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { Document } from '@/api/types';
import { useTexts } from '@/app/texts';
import { Dialog } from '@/ui/Dialog';
import { pdfUrl } from './documents';

/** The PDF as it is sent, in the browser's own viewer. */
export function PdfDialog({ document, onClose }: { document: Document; onClose: () => void }) {
  const { editor, actions } = useTexts();
  return (
    <Dialog onClose={onClose} size="xl" title={editor.preview}>
      <Group justify="flex-end" mb="sm">
        <Button
          component="a"
          href={pdfUrl(document.id)}
          download
          variant="default"
          size="xs"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {actions.download}
        </Button>
      </Group>
      <iframe
        title={editor.preview}
        key={document.version}
        src={pdfUrl(document.id)}
        width="100%"
        height={680}
        style={{ border: '1px solid var(--line)', borderRadius: 8, maxHeight: '74dvh' }}
      />
    </Dialog>
  );
}
