import { useHotkeys, useLocalStorage, type HotkeyItem } from '@mantine/hooks';

/** Single keys can be switched off (WCAG 2.1.4): who dictates, or touches keys unawares, would set them off. */
export function useSingleKeys() {
  return useLocalStorage({ key: 'ficha.single-keys', defaultValue: true, getInitialValueInEffect: false });
}

/** Keys that act by themselves, while nobody is writing and nothing lies over the page. */
export function useShortcuts(shortcuts: [key: string, act: () => void][]): void {
  const [singleKeys] = useSingleKeys();
  const items = shortcuts
    .filter(([key]) => singleKeys || !isSingle(key))
    .map(([key, act]): HotkeyItem => {
      const onKey = (event: KeyboardEvent) => {
        if (isWriting(event.target) || isElsewhere(event.target)) return;
        event.preventDefault();
        act();
      };
      return [key, onKey, { preventDefault: false }];
    });
  useHotkeys(items, []);
}

function isSingle(key: string): boolean {
  return key !== 'Escape' && !key.startsWith('mod+');
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.matches('input:not([type=checkbox], [type=radio]), textarea, select')
  );
}

const COVERS = '[role=dialog], [role=menu]';

/** Something lies over the page, or did when the key was pressed: what Escape closes is gone by now. */
function isElsewhere(target: EventTarget | null): boolean {
  return (
    document.querySelector(COVERS) !== null || (target instanceof Element && target.closest(COVERS) !== null)
  );
}
