import { useEffect } from 'react';

/** What the browser's tab, its history and a screen reader call the page: the most particular first. */
export function usePageTitle(...parts: (string | undefined)[]): void {
  const title = parts.filter(Boolean).join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}
