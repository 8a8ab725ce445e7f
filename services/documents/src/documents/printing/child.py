"""The process that pages are drawn in, `python -m documents.printing.child`: documents come by its standard input, PDFs
go by its standard output, each after its length. It ends with its parent, whose end of the pipe closes.
"""

import contextlib
import os
import pickle
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import BinaryIO

from documents.printing.framing import LENGTH, READY, SPENT
from documents.printing.render import render_pdf

_NICER = 2
"""A little: whoever answers goes first, and on a busy machine PDFs are made all the same."""
_FIRST_TO_GO = "500"
_MOST = 768 * 2**20
"""Bytes, for one document of a million letters."""
_KEPT = 144 * 2**20


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    os.nice(_NICER)
    # Short of memory, the system ends this process and not the one that answers everybody.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")
    with contextlib.suppress(ValueError):  # a system that has a lower limit
        resource.setrlimit(resource.RLIMIT_DATA, (_MOST, _MOST))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever else is written must not be taken for a PDF
    serve(sys.stdin.buffer, answers)


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """An answer of no length: that document cannot be drawn."""
    while len(length := questions.read(LENGTH)) == LENGTH:
        given = questions.read(int.from_bytes(length))
        try:
            pdf = render_pdf(pickle.loads(given))  # noqa: S301 - nobody but the parent writes here
        except Exception:
            traceback.print_exc()
            pdf = b""
        answers.write(len(pdf).to_bytes(LENGTH) + pdf + (SPENT if _memory() > _KEPT else READY))
        answers.flush()


def _memory() -> int:
    """That it holds, in bytes: Typst's caches stay as large as the longest documents made them."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


if __name__ == "__main__":
    main()
