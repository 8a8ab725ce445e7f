"""The web client with 100,000 contacts, in a browser: the list, the search, and the way from the list to a panel."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.bench.many import multiply, name_of
from tests.bench.panel import make_contact
from tests.support.ficha import Ficha, started
from tests.web.conftest import log_in, open_browser

CONTACTS, SEARCHES, PANELS, SCROLLED = 100_000, 12, 15, 300
ROWS_IN_PAGE = 60
"""More would mean that rows scrolled past stay in the page."""

FRAMES = """async grid => {
    const frames = [];
    let last = performance.now(), going = true;
    requestAnimationFrame(function note(now) {
        frames.push(now - last);
        last = now;
        if (going) requestAnimationFrame(note);
    });
    for (let step = 0; step < STEPS; step++) {
        grid.scrollTop += 400;
        await new Promise(requestAnimationFrame);
    }
    going = false;
    return frames.slice(1).sort((a, b) => a - b);
}"""
PANEL_SHOWN = """more => new Promise(resolve => {
    const start = performance.now();
    const look = () => {
        const shown = document.querySelector('[role=tablist]')
            && document.querySelector('h1') && !document.querySelector('[role=status][aria-label]');
        if (shown) resolve(performance.now() - start); else requestAnimationFrame(look);
    };
    more.click();
    look();
})"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, started("run", Path(folder), demo="0") as ficha:
        with closing(ficha.client()) as client:
            make_contact(client, "Empresa", 10)
        asyncio.run(multiply(ficha, CONTACTS))
        with browsing(ficha, Path(folder) / "chromium") as page:
            measure(page)


def measure(page: Page) -> None:
    list_ms = timed(lambda: page.goto("/contacts"), page.get_by_role("row").nth(1))
    searches = [search(page, name_of(n * 7919 % CONTACTS)) for n in range(1, SEARCHES + 1)]
    page.goto("/contacts")
    grid = page.get_by_role("grid")
    expect(grid).to_be_visible()
    page.wait_for_load_state("networkidle")
    frames = scrolled(grid.locator(".."))
    seen = int(str(page.get_by_role("row").last.get_attribute("aria-rowindex")))
    rows = page.get_by_role("row").count()
    assert rows <= ROWS_IN_PAGE, f"{rows} rows in the page"
    panels = [open_panel(page, name_of(n * 104729 % CONTACTS)) for n in range(1, PANELS + 1)]
    page.set_content("<div style='height: 600px; overflow: auto'><div style='height: 5600000px'></div></div>")
    bare = scrolled(page.locator("div").first)
    print(f"\nWeb client with {CONTACTS:,} contacts, `ficha run`, Chromium")
    print(f"  list shown from nothing        {list_ms:6.0f} ms")
    print(f"  search, last key to its row    {spread(searches)}")
    print(f"  scrolling past {seen:6,} of them   {frame_times(frames)}, {rows} rows in the page")
    print(f"  scrolling past nothing         {frame_times(bare)}")
    print(f"  panel opened from the list     {spread(panels)}   (goal: 200)")


def scrolled(element: Locator) -> list[float]:
    """How long each frame took, sorted, in milliseconds."""
    frames: list[float] = element.evaluate(FRAMES.replace("STEPS", str(SCROLLED)))
    return frames


def frame_times(frames: Sequence[float]) -> str:
    return f"frames p50 {frames[len(frames) // 2]:6.1f} ms, p99 {frames[int(len(frames) * 0.99)]:6.1f} ms"


def search(page: Page, name: str) -> float:
    page.goto("/contacts")
    page.get_by_role("row").nth(1).wait_for()
    page.wait_for_load_state("networkidle")
    field = page.get_by_role("searchbox", name="Buscar contactos")
    field.fill(name[:-1])
    return timed(lambda: field.press(name[-1]), page.get_by_role("row").nth(1).filter(has_text=name))


def open_panel(page: Page, name: str) -> float:
    """From pressing Más in the summary beside the list until the panel and what is in it are there; in milliseconds."""
    page.goto(f"/contacts?q={name}")
    page.get_by_role("row").filter(has_text=name).click()
    more = page.get_by_role("link", name="Más")
    more.hover()
    page.wait_for_load_state("networkidle")
    took: float = more.evaluate(PANEL_SHOWN)
    return took


def timed(act: Callable[[], object], shown: Locator) -> float:
    began = time.perf_counter()
    act()
    shown.wait_for()
    return (time.perf_counter() - began) * 1000


def spread(figures: Sequence[float]) -> str:
    return f"median {median(figures):6.0f} ms, worst {max(figures):6.0f} ms"


@contextmanager
def browsing(ficha: Ficha, folder: Path) -> Iterator[Page]:
    with sync_playwright() as playwright:
        context = open_browser(playwright, folder, ficha)
        try:
            log_in(context, ficha)
            yield context.new_page()
        finally:
            context.close()


if __name__ == "__main__":
    main()
