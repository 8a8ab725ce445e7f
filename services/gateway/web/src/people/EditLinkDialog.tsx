import { useForm } from '@mantine/form';
import type { ContactKind } from '@/api/types';
import { useTexts } from '@/app/texts';
import { useKeptForm } from '@/drafts/useKeptForm';
import { usePanelFrame } from '@/panel/PanelContext';
import { FormDialog } from '@/ui/FormDialog';
import { useSubmitProblems } from '@/ui/useSubmitProblems';
import { LinkFieldInputs, linkFields, type LinkValues } from './LinkFieldInputs';
import { linkDraft, useLinks, type Link } from './people';

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
  const kept = useKeptForm(form, linkDraft(contactId, link));
  const saved = () => {
    kept.clear();
    onClose();
  };
  const onError = useSubmitProblems(form);
  return (
    <FormDialog
      title={texts.editTitle(link.name)}
      busy={update.isPending}
      form={form}
      kept={kept}
      onClose={onClose}
      onSubmit={form.onSubmit((values) => {
        update.mutateAsync({ link, fields: linkFields(values) }).then(saved, onError);
      })}
    >
      <LinkFieldInputs form={form} />
    </FormDialog>
  );
}
