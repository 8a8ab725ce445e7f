"""What a first visit must fetch before anything is drawn stays small: bytes, because times differ by machine."""

import re

import pytest

from gateway.web import FOLDER

pytestmark = pytest.mark.usefixtures("built")

BUDGET = 180_000
"""Of script and style, compressed: 3.6 s at 400 kbit/s. The rest of five seconds is the way there, and data."""
REQUESTS = 16
"""Each costs a way to the server and back, six at a time."""


@pytest.mark.parametrize("page", ["index.html", "portal.html"])
def test_the_first_visit_fetches_little(page: str) -> None:
    text = (FOLDER / page).read_text()
    first = re.findall(r'(?:src|href)="(/assets/[^"]+\.(?:js|css))"', text)
    weight = sum((FOLDER / f"{name[1:]}.br").stat().st_size for name in first)
    print(f"{page}: {weight / 1000:.0f} KB in {len(first)} files")
    assert len(first) <= REQUESTS
    assert weight < BUDGET


@pytest.mark.parametrize("page", ["index.html", "portal.html"])
def test_something_is_shown_before_any_script(page: str) -> None:
    assert 'class="first-bar"' in (FOLDER / page).read_text()


def test_every_text_asset_lies_there_compressed() -> None:
    for file in (FOLDER / "assets").iterdir():
        if file.suffix in (".js", ".css"):
            for ending in (".br", ".gz"):
                assert file.with_name(file.name + ending).stat().st_size <= file.stat().st_size + 64
