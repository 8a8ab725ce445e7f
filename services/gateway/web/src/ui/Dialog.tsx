import { Modal, type ModalProps } from '@mantine/core';
import { useWords } from '@/i18n/words';
import { useInnermost } from './useInnermost';

/** What lies over the page until it is answered. Escape closes only the innermost. */
export function Dialog({ opened = true, ...props }: Omit<ModalProps, 'opened'> & { opened?: boolean }) {
  const { actions } = useWords();
  const innermost = useInnermost(opened);
  return (
    <Modal
      opened={opened}
      closeOnEscape={innermost}
      closeButtonProps={{ 'aria-label': actions.close }}
      {...props}
    />
  );
}
