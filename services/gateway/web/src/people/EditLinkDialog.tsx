import { useForm } from '@mantine/form';
import type { ContactKind } from '@/api/types';
import { useTexts } from '@/app/texts';
import { usePanelFrame } from '@/panel/PanelContext';
import { FormDialog } from '@/ui/FormDialog';
import { useSubmitProblems } from '@/ui/useSubmitProblems';
import { LinkFieldInputs, linkFields, type LinkValues } from './LinkFieldInputs';
import { useLinks, type Link } from './people';

export function EditLinkDialog({
  link,
  kind,
  onClose,
}: {
  link: Link;
  kind: ContactKind;
  onClose: () => void;
}) {
  const { people: texts } = useTexts();
  const { contactId } = usePanelFrame();
  const { update } = useLinks(contactId, kind);
  const form = useForm<LinkValues>({
    initialValues: {
      job_title: link.jobTitle ?? '',
      is_primary: link.isPrimary,
      send_copies: link.sendCopies,
    },
  });
  const onError = useSubmitProblems(form);
  return (
    <FormDialog
      title={texts.editTitle(link.name)}
      busy={update.isPending}
      onClose={onClose}
      onSubmit={form.onSubmit((values) =>
        update.mutate({ link, fields: linkFields(values) }, { onSuccess: onClose, onError }),
      )}
    >
      <LinkFieldInputs form={form} />
    </FormDialog>
  );
}
