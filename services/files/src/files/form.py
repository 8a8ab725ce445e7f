"""Reading an upload: the part `file` of a multipart body as a stream, never as a whole."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from files.errors import FileTooLarge, UploadInterrupted, UploadTooSlow
from files.media import HEAD_BYTES, clean_name
from shared.errors import FieldError, Invalid, invalid

LONGEST_SECONDS: Final = 50 * 60
"""An upload that takes longer is ended: its bytes are swept an hour after its start."""
_IDLE_SECONDS = 60
_ENVELOPE_BYTES = 16 * 1024
"""What boundaries and part headers may add to a declared length."""


class FilePart:
    """Its name at once; its bytes as they come, once. `head` grows to the first HEAD_BYTES meanwhile."""

    def __init__(self, form: "_Form", name: str, *, limit: int) -> None:
        self.name = name
        self.head = b""
        self._form = form
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Raises FileTooLarge, UploadInterrupted, UploadTooSlow, and Invalid for anything after the file."""
        size = 0
        async for piece in self._form.pieces():
            size += len(piece)
            if size > self._limit:
                raise too_large(self._limit)
            if len(self.head) < HEAD_BYTES:
                self.head += piece[: HEAD_BYTES - len(self.head)]
            yield piece


async def open_file_part(request: Request, *, limit: int) -> FilePart:
    """Reads up to the part's first bytes. Raises Invalid naming `file`, FileTooLarge by the declared length, …"""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > limit + _ENVELOPE_BYTES:
        raise too_large(limit)
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise invalid("file", "multipart_expected", "Send multipart/form-data with one part, `file`.")
    try:
        form = _Form(request, options[b"boundary"])
    except FormParserError as error:
        raise _malformed() from error
    return FilePart(form, await form.open(), limit=limit)


def too_large(limit: int) -> FileTooLarge:
    detail = f"A file has at most {limit} bytes."
    return FileTooLarge(detail, errors=[FieldError("file", "too_large", detail)])


class _Form:
    """Feeds the parser with the body, chunk by chunk, and holds what it found in the last one."""

    def __init__(self, request: Request, boundary: bytes) -> None:
        self._stream = request.stream()
        self._deadline = asyncio.get_running_loop().time() + LONGEST_SECONDS
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._on_part_begin,
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_part_data,
                "on_end": self._on_end,
            },
        )
        self._name: str | None = None
        self._pieces: list[bytes] = []
        self._field = self._value = self._disposition = b""
        self._ended = False

    async def open(self) -> str:
        """The name of the file."""
        while self._name is None:
            if not await self._feed():
                raise _no_file("The part `file` is missing.")
        return self._name

    async def pieces(self) -> AsyncIterator[bytes]:
        while True:
            # Joined: a body full of line ends comes out of the parser two bytes at a time.
            if piece := b"".join(self._pieces):
                self._pieces.clear()
                yield piece
            if not await self._feed():
                break
        if not self._ended:
            raise UploadInterrupted()

    async def _feed(self) -> bool:
        """False at the end of the body."""
        now = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(min(now + _IDLE_SECONDS, self._deadline)):
                chunk = await anext(self._stream, b"")
            if chunk:
                self._parser.write(chunk)
        except TimeoutError:
            raise UploadTooSlow() from None
        except ClientDisconnect as error:
            raise UploadInterrupted() from error
        except FormParserError as error:
            raise _malformed() from error
        return chunk != b""

    def _on_part_begin(self) -> None:
        self._disposition = b""

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field = self._value = b""

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        field = _text(options.get(b"name", b""))
        if field != "file" or self._name is not None:
            raise invalid(clean_name(field) or "file", "extra_forbidden", "One part is taken, and its name is `file`.")
        if not options.get(b"filename"):
            raise _no_file("The part `file` carries no file.")
        self._name = clean_name(_text(options[b"filename"]))
        if not self._name:
            raise invalid("file", "file_name_invalid", "The file's name has no visible character.")

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._pieces.append(data[start:end])

    def _on_end(self) -> None:
        self._ended = True


def _no_file(detail: str) -> Invalid:
    return invalid("file", "missing", detail)


def _malformed() -> Invalid:
    return invalid("file", "multipart_malformed", "The body is not well-formed multipart/form-data.")


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
