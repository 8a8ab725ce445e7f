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

from documents.printing import letters
from documents.printing.contents import contents_of
from documents.printing.model import PrintedDocument

# The type is declared in the stubs of typst only: it does not exist at run time.
_ARCHIVABLE: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]
_FONT_PACKAGES = ("fontpkg_amiri", "manimgx_fonts", "manimgx_fonts_cjk")
_TRIES = 3
_idle: deque[typst.Compiler] = deque()


def render_pdf(document: PrintedDocument) -> bytes:
    """The same document gives the same bytes. Callable from any thread; takes milliseconds, so not on the loop.

    PDF/A-2a and PDF/UA-1. What no font has is printed as a sign of that: archives refuse holes.
    """
    contents = json.dumps(contents_of(document), ensure_ascii=False)
    han = letters.han_of(document, contents)
    issued = datetime.combine(document.issue_date, time(), UTC)
    with _compiler() as compiler:
        for _ in range(_TRIES):
            try:
                return _compile(compiler, contents, han, issued)
            except typst.TypstError as error:
                contents = letters.without_missing(contents, error.diagnostic)
        return _compile(compiler, letters.only_common(contents), han, issued)


def _compile(compiler: typst.Compiler, contents: str, han: str, issued: datetime) -> bytes:
    inputs = {"document": contents, "han": han}
    pdf = compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards=_ARCHIVABLE, timestamp=issued)
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
    # Only those of packages, so that a document looks the same on every machine. A file is read when a letter needs it.
    return typst.Fonts(include_system_fonts=False, font_paths=[str(files(package)) for package in _FONT_PACKAGES])
