"""The run file: how the other commands of this machine find the databases and ports of a running Ficha."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import psutil

from local.errors import CannotStart
from local.home import Home
from local.wiring import Endpoints
from shared.db.provision import Provisioned

_RUN_FILE = "run.json"


@contextmanager
def published(home: Home, endpoints: Endpoints) -> Iterator[None]:
    path = home.write(_RUN_FILE, {"pid": os.getpid(), **asdict(endpoints)})
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def find_running(folder: Path) -> tuple[Home, Endpoints]:
    """Raises CannotStart when none runs on that folder, or not yet."""
    home = Home(folder).join()
    path = home.folder / _RUN_FILE
    found = json.loads(path.read_text()) if path.exists() else None
    # Of a run that was killed it may still tell when the next one is at its beginning.
    if found is None or not psutil.pid_exists(found.pop("pid")):
        raise CannotStart("Ficha is still starting. Try again when it says that it is ready.")
    databases = {service: Provisioned(**urls) for service, urls in found.pop("databases").items()}
    return home, Endpoints(databases, **found)
