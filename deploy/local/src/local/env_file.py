"""`ficha env`: the file that docker-compose.yml takes its secrets from, made from .env.example."""

import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from pathlib import Path

from local.errors import CannotStart
from shared.web.identity import generate_keys

_LINE = re.compile(r"^([A-Z0-9_]+)=(.*)$", re.MULTILINE)
_PRIVATE, _PUBLIC = "_PRIVATE_KEY", "_PUBLIC_KEY"


def complete(example: Path, target: Path) -> list[str]:
    """Fill in what is empty in `target`, which begins as a copy of `example`; answers the names.

    What has a value keeps it; what a newer example has and `target` has not is added. Nobody else may read it.
    Raises CannotStart when half of a pair of keys is there.
    """
    text = (target if target.exists() else example).read_text()
    known = {name for name, _ in _LINE.findall(text)}
    text += "".join(f"{name}={value}\n" for name, value in _LINE.findall(example.read_text()) if name not in known)
    empty = [name for name, value in _LINE.findall(text) if not value.strip()]
    made = _make(empty)
    target.touch(mode=0o600)
    target.chmod(0o600)
    target.write_text(_LINE.sub(lambda line: f"{line[1]}={made.get(line[1], line[2])}", text))
    return empty


def _make(names: Sequence[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for name in names:
        if name.endswith((_PRIVATE, _PUBLIC)):
            private, public = _pair_of(name)
            if not {private, public} <= {*names}:
                raise CannotStart(f"{name} is empty and its other half is not: fill it in, or empty both.")
            if name == private:
                pairs[private], pairs[public] = generate_keys()
    return {name: pairs.get(name) or _secret(name) for name in names}


def _pair_of(name: str) -> tuple[str, str]:
    owner = name.removesuffix(_PRIVATE).removesuffix(_PUBLIC)
    return owner + _PRIVATE, owner + _PUBLIC


def _secret(name: str) -> str:
    # Letters and digits: it goes into URLs and JSON as it is.
    return urlsafe_b64encode(secrets.token_bytes(32)).decode() if name.endswith("_KEYS") else secrets.token_hex(20)
