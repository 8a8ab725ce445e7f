import latin from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';

const FETCHED = 'ficha.font';

/**
 * Inter, once it is in the browser's cache. The first visit fetches it when everything else is there, and is shown in
 * the system's own typeface: on a slow network nobody waits for letters, and no line moves when they come.
 */
export async function fetchInter(): Promise<void> {
  const font = new FontFace('Inter Variable', `url(${latin})`, { weight: '100 900', display: 'optional' });
  if (localStorage.getItem(FETCHED) === latin) {
    document.fonts.add(font);
    await font.load();
    return;
  }
  await new Promise((resolve) => window.addEventListener('load', resolve, { once: true }));
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  await font.load();
  localStorage.setItem(FETCHED, latin);
}

/** After the page: what it asks for itself comes first. */
const QUIET_MS = 10_000;
