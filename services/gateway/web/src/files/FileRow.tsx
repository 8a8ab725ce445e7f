import { ActionIcon, Group, Menu, Stack, Text, ThemeIcon } from '@mantine/core';
import {
  IconDotsVertical,
  IconDownload,
  IconEye,
  IconFile,
  IconFileTypePdf,
  IconPhoto,
  IconTrash,
} from '@tabler/icons-react';
import type { StoredFile } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useFormats } from '@/i18n/formats';
import { usePanelFrame } from '@/panel/PanelContext';
import { tellUndoable } from '@/ui/notices';
import { useAttempt } from '@/ui/useAttempt';
import { contentUrl, isShowable, useFileRemoval } from './files';
import classes from './FilesTab.module.css';

export function FileRow({ file }: { file: StoredFile }) {
  const { files: texts } = useTexts();
  const { fileSize, dayOf } = useFormats();
  return (
    <li className={classes.row}>
      <ThemeIcon size={36} variant="light" color="gray" aria-hidden>
        <FileIcon mediaType={file.media_type} />
      </ThemeIcon>
      <Stack gap={1} miw={0}>
        <Text fz={13.5} fw={550} truncate>
          {file.name}
        </Text>
        <Text fz={12.5} c="dimmed" truncate>
          {fileSize(file.size)} · {texts.by(file.uploaded_by_name, dayOf(file.uploaded_at))}
        </Text>
      </Stack>
      <FileActions file={file} />
    </li>
  );
}

function FileActions({ file }: { file: StoredFile }) {
  const texts = useTexts();
  const { contactId } = usePanelFrame();
  const { remove, restore } = useFileRemoval(contactId);
  const attempt = useAttempt();
  const discard = () =>
    attempt(remove.mutateAsync(file), () =>
      tellUndoable(texts.files.removed(file.name), texts.actions.undo, () =>
        attempt(restore.mutateAsync(file)),
      ),
    );
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon
        component="a"
        href={contentUrl(file)}
        download={file.name}
        variant="subtle"
        color="gray"
        aria-label={`${texts.actions.download} ${file.name}`}
      >
        <IconDownload size={18} />
      </ActionIcon>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={texts.files.options(file.name)}>
            <IconDotsVertical size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {isShowable(file) && (
            <Menu.Item
              leftSection={<IconEye size={16} />}
              component="a"
              href={contentUrl(file, true)}
              target="_blank"
              rel="noreferrer"
            >
              {texts.files.preview}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconTrash size={16} />} color="red" onClick={discard}>
            {texts.actions.remove}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}

function FileIcon({ mediaType }: { mediaType: string }) {
  if (mediaType === 'application/pdf') return <IconFileTypePdf size={19} stroke={1.6} />;
  if (mediaType.startsWith('image/')) return <IconPhoto size={19} stroke={1.6} />;
  return <IconFile size={19} stroke={1.6} />;
}
