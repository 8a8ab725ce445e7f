/** What had the focus, and the parts of the page it stood in, the nearest first. */
type Place = { element: HTMLElement; around: HTMLElement[] };

const REMEMBERED = 20;
const PARTS = 'section, aside, form, ul, [role=region], [role=tabpanel], [role=grid]';

/**
 * Who works by keyboard never loses the place: when what has the focus goes away (a row is deleted, a dialog closes,
 * a page is left), the focus goes to what stood around it, else to where it was before. Answers how to stop.
 */
export function keepFocus(): () => void {
  let places: Place[] = [];
  const remember = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement)) return;
    const others = places.filter(({ element }) => element !== target);
    places = [placeOf(target), ...others].slice(0, REMEMBERED);
  };
  const mend = () => {
    if (hasFocus() || !places[0] || isThere(places[0].element)) return;
    for (const place of places) {
      const next = isThere(place.element) ? place.element : place.around.find(isThere);
      if (next && focus(next)) return;
    }
    document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
  };
  // Who clicks beside everything has left on purpose.
  const forget = () =>
    setTimeout(() => {
      if (!hasFocus()) places = [];
    });

  const observer = new MutationObserver(mend);
  observer.observe(document.body, { childList: true, subtree: true });
  document.addEventListener('focusin', remember);
  document.addEventListener('pointerdown', forget);
  return () => {
    observer.disconnect();
    document.removeEventListener('focusin', remember);
    document.removeEventListener('pointerdown', forget);
  };
}

function placeOf(element: HTMLElement): Place {
  const around: HTMLElement[] = [];
  let part = element.parentElement?.closest<HTMLElement>(PARTS);
  for (; part; part = part.parentElement?.closest<HTMLElement>(PARTS)) around.push(part);
  return { element, around };
}

function hasFocus(): boolean {
  return document.activeElement !== null && document.activeElement !== document.body;
}

function isThere(element: HTMLElement): boolean {
  return element.isConnected && element.checkVisibility();
}

function focus(element: HTMLElement): boolean {
  if (element.tabIndex < 0 && !element.hasAttribute('tabindex')) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  return document.activeElement === element;
}
