const SCHEME = 'data-mantine-color-scheme';

/** Paper is white: what is printed from the dark scheme is printed in the light one. Answers how to stop it. */
export function lightOnPaper(): () => void {
  const root = document.documentElement;
  let before: string | null = null;
  const lighten = () => {
    before = root.getAttribute(SCHEME);
    root.setAttribute(SCHEME, 'light');
  };
  const restore = () => {
    if (before) root.setAttribute(SCHEME, before);
  };
  window.addEventListener('beforeprint', lighten);
  window.addEventListener('afterprint', restore);
  return () => {
    window.removeEventListener('beforeprint', lighten);
    window.removeEventListener('afterprint', restore);
  };
}
