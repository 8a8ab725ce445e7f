"""The client is compiled against the API of now."""

import os
import subprocess
import sys
from pathlib import Path

WEB = Path("services/gateway/web")
# Where no Node is installed, make has fetched one.
SEARCH = f"{os.environ['PATH']}:{Path('.node/bin').resolve()}"


def test_the_clients_types_are_those_of_the_api() -> None:
    """`make web-api` writes them anew."""
    document = output(str(Path(sys.executable).with_name("ficha")), "openapi")
    types = output("npm", "run", "--silent", "api", cwd=WEB, given=document)
    assert types == (WEB / "src/api/schema.d.ts").read_text(), "run `make web-api`"


def output(*command: str, cwd: Path | None = None, given: str | None = None) -> str:
    environment = {**os.environ, "PATH": SEARCH}
    done = subprocess.run(
        command, cwd=cwd, env=environment, input=given, stdout=subprocess.PIPE, text=True, check=True, timeout=120
    )
    return done.stdout
