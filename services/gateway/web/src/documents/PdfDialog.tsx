import type { Document } from '@/api/types';
import { useTexts } from '@/app/texts';
import { Dialog } from '@/ui/Dialog';
import { pdfUrl } from './documents';

/** The PDF as it is sent, in the browser's own viewer. */
export function PdfDialog({ document, onClose }: { document: Document; onClose: () => void }) {
  const { editor } = useTexts();
  return (
    <Dialog onClose={onClose} size="xl" title={editor.preview}>
      <iframe
        title={editor.preview}
        src={`${pdfUrl(document.id)}?version=${document.version}`}
        width="100%"
        height={680}
        style={{ border: '1px solid var(--line)', borderRadius: 8, maxHeight: '74dvh' }}
      />
    </Dialog>
  );
}
