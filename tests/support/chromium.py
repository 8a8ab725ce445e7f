"""The browser that tests drive: the distribution's Chromium, installed where that is possible."""

import os
from pathlib import Path

from local.distribution import can_install, find, install

FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Chromium refuses its sandbox to root.
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


class ChromiumMissing(Exception):
    """It is not installed and cannot be; the message says what to do."""


def find_or_install() -> Path:
    """The program. Raises ChromiumMissing, NotInstalled."""
    if found := _installed():
        return found
    if can_install():
        install("chromium")
        if found := _installed():
            return found
    raise ChromiumMissing(
        "The tests of the web client need Chromium. Install it (Debian: sudo apt-get install chromium; "
        "macOS: brew install --cask google-chrome)."
    )


def _installed() -> Path | None:
    found = next((path for name in _NAMES if (path := find(name))), None)
    return found or (_MAC if _MAC.exists() else None)
