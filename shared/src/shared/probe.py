"""`python -m shared.probe`: asks the service of this container whether it is ready, for a health check.

Exits 1 when it is not, saying what is missing. Imports nothing else of Ficha, because it runs every few seconds.
"""

import os
import sys
from urllib.request import urlopen

_SECONDS = 4
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened on


def main() -> None:
    """Exit with an error unless the service says it is ready."""
    try:
        with urlopen(_address(), timeout=_SECONDS):  # noqa: S310 - our own
            return
    except OSError as error:  # also of answers like 503, which bring their body
        missing = getattr(error, "read", lambda: b"")()
        sys.exit(f"{error} {missing.decode(errors='replace')}")


def _address() -> str:
    return f"http://{_setting('HOST', '127.0.0.1')}:{_setting('PORT', '8000')}/health/ready"


def _setting(name: str, default: str) -> str:
    own = f"{os.environ['FICHA_SERVICE'].upper()}_{name}"
    value = os.environ.get(own) or os.environ.get(f"FICHA_{name}") or default
    return "127.0.0.1" if value in _EVERYWHERE else value


if __name__ == "__main__":
    main()
