import { Button, FileButton, Group, Skeleton, Stack } from '@mantine/core';
import { IconFileUpload, IconPaperclip } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { useState, type DragEvent } from 'react';
import { useTexts } from '@/app/texts';
import { usePanelFrame } from '@/panel/PanelContext';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { EmptyState } from '@/ui/EmptyState';
import { tell } from '@/ui/notices';
import { QueryProblem } from '@/ui/QueryProblem';
import { LoadMore } from '@/ui/LoadMore';
import { fileListQuery } from './files';
import { FileRow } from './FileRow';
import { UploadQueue } from './UploadQueue';
import { useUploads } from './useUploads';
import classes from './FilesTab.module.css';

/** The contact's files. Choose or drop some, confirm, and watch them go. */
export function FilesTab() {
  const { files: texts } = useTexts();
  const { contactId } = usePanelFrame();
  const queue = useUploads(contactId, (count) => tell(texts.uploaded(count)));
  const [dragging, setDragging] = useState(false);

  const onDragOver = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    setDragging(true);
  };
  const onDragLeave = (event: DragEvent) => {
    if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDragging(false);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setDragging(false);
    queue.choose(event.dataTransfer.files);
  };

  return (
    <div className={classes.zone} onDragOver={onDragOver} onDragLeave={onDragLeave} onDrop={onDrop}>
      <Stack p={{ base: 'md', sm: 'lg' }} gap="md">
        <Group justify="flex-end">
          <FileButton multiple onChange={queue.choose}>
            {(props) => (
              <Button {...props} size="sm" leftSection={<IconFileUpload size={17} aria-hidden />}>
                {texts.upload}
              </Button>
            )}
          </FileButton>
        </Group>
        {queue.uploads.length > 0 && <UploadQueue queue={queue} />}
        <FileList />
      </Stack>
      <LeavingUploads waiting={queue.uploads.length > 0} />
      {dragging && <div className={classes.veil}>{texts.drop}</div>}
    </div>
  );
}

/** Files cannot be kept in the browser as texts are: who leaves before they are up is asked. */
function LeavingUploads({ waiting }: { waiting: boolean }) {
  const { drafts } = useTexts();
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      waiting && (current.pathname !== next.pathname || tabOf(current.search) !== tabOf(next.search)),
    enableBeforeUnload: waiting,
    withResolver: true,
  });
  return (
    <ConfirmDialog
      opened={status === 'blocked'}
      title={drafts.uploadAsk}
      confirm={drafts.go}
      cancel={drafts.stay}
      danger
      onConfirm={() => proceed?.()}
      onClose={() => reset?.()}
    >
      {drafts.uploadHint}
    </ConfirmDialog>
  );
}

function tabOf(search: object): unknown {
  return 'tab' in search ? search.tab : undefined;
}

function FileList() {
  const { files: texts, actions } = useTexts();
  const { contactId } = usePanelFrame();
  const found = useInfiniteQuery(fileListQuery(contactId));
  if (found.isPending) return <Skeleton height={180} />;
  if (found.isError) return <QueryProblem error={found.error} onRetry={() => void found.refetch()} />;
  const files = found.data.pages.flatMap((page) => page.items);
  if (files.length === 0) return <EmptyState icon={IconPaperclip} title={texts.none} hint={texts.noneHint} />;
  return (
    <>
      <ul className={classes.list} aria-label={texts.list}>
        {files.map((file) => (
          <FileRow key={file.id} file={file} />
        ))}
      </ul>
      <LoadMore of={found}>{actions.loadMore}</LoadMore>
    </>
  );
}
