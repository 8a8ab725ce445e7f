"""From a document to PDF bytes, by Typst."""

import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from functools import cache
from importlib.resources import files
from typing import cast

import typst

from documents.printing.contents import contents_of
from documents.printing.model import PrintedDocument

# The type is declared in the stubs of typst only: it does not exist at run time.
_ARCHIVABLE: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]
_idle: deque[typst.Compiler] = deque()


def render_pdf(document: PrintedDocument) -> bytes:
    """The same document gives the same bytes. Callable from any thread; takes milliseconds, so not on the loop.

    PDF/A-2a and PDF/UA-1, but for documents with characters that no embedded font has: archives refuse those.
    """
    contents = json.dumps(contents_of(document))
    issued = datetime.combine(document.issue_date, time(), UTC)
    with _compiler() as compiler:
        try:
            return _compile(compiler, contents, issued, _ARCHIVABLE)
        except typst.TypstError:
            return _compile(compiler, contents, issued, [])


def _compile(compiler: typst.Compiler, contents: str, issued: datetime, standards: "list[typst.PDFStandard]") -> bytes:
    pdf = compiler.compile(format="pdf", sys_inputs={"document": contents}, pdf_standards=standards, timestamp=issued)
    return cast(bytes, pdf)


@contextmanager
def _compiler() -> Iterator[typst.Compiler]:
    """One per render at a time: a compiler refuses a second thread. As many are kept as were ever busy at once."""
    try:
        compiler = _idle.pop()
    except IndexError:
        compiler = _new_compiler()
    try:
        yield compiler
    finally:
        _idle.append(compiler)


def _new_compiler() -> typst.Compiler:
    folder = files(__package__)
    return typst.Compiler(str(folder / "document.typ"), root=str(folder), font_paths=_fonts())


@cache
def _fonts() -> typst.Fonts:
    # Only those inside the wheel, so that a document looks the same on every machine.
    return typst.Fonts(include_system_fonts=False)
