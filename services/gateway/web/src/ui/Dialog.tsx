import { Modal, type ModalProps } from '@mantine/core';
import { useEffect } from 'react';
import { useWords } from '@/i18n/words';
import { ignoreSecondEnter } from './ignoreSecondEnter';
import { useInnermost } from './useInnermost';
import { useSettled } from './useSettled';

/**
 * What lies over the page until it is answered. Escape closes only the innermost; the second click of the double one
 * that opened it closes nothing.
 */
export function Dialog({ opened = true, ...props }: Omit<ModalProps, 'opened'> & { opened?: boolean }) {
  const { actions } = useWords();
  const innermost = useInnermost(opened);
  const settled = useSettled(opened);
  useEffect(() => (opened ? ignoreSecondEnter : undefined), [opened]);
  return (
    <Modal
      opened={opened}
      closeOnEscape={innermost}
      closeOnClickOutside={settled}
      closeButtonProps={{ 'aria-label': actions.close }}
      {...props}
    />
  );
}
