"""The object storage: S3 through the synchronous minio SDK, in threads of our own.

Bytes pass through in small pieces, whatever their size; keys are made by the service.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar, cast

import structlog
import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from files.config import Settings
from files.errors import StorageUnreachable

logger = structlog.get_logger("storage")

T = TypeVar("T")

_CONNECT_SECONDS, _READ_SECONDS = 3, 30
_READY_SECONDS = 2
_PART_BYTES = 5 * 1024 * 1024
"""S3's smallest part: an upload holds a few of these in memory, never more."""
_PIECE_BYTES = 1024 * 1024
_DOWNLOAD_BYTES = 256 * 1024
_CHUNKS_AHEAD = 8
_THREADS = 16


@dataclass(frozen=True, slots=True)
class Stored:
    """`sha256` in lower-case hex."""

    size: int
    sha256: str


class Storage:
    """One bucket."""

    def __init__(self, settings: Settings) -> None:
        # The SDK's own pool waits five minutes and tries five times.
        self._http = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS),
            maxsize=_THREADS + settings.uploads_at_once,
            retries=urllib3.Retry(
                total=2,
                read=1,
                backoff_factor=0.1,
                status_forcelist=[500, 502, 503, 504],
                respect_retry_after_header=False,  # it would sleep in our thread as long as the storage likes
            ),
        )
        self._client = Minio(
            settings.s3_endpoint,
            settings.s3_access_key.get_secret_value(),
            settings.s3_secret_key.get_secret_value(),
            secure=settings.s3_secure,
            region=settings.s3_region,
            http_client=self._http,
        )
        self._bucket = settings.s3_bucket
        self._bucket_seen = False
        # Uploads hold their thread as long as their client sends, so they have threads of their own.
        self._senders = ThreadPoolExecutor(settings.uploads_at_once, thread_name_prefix="s3-upload")
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="s3")
        self._probe: asyncio.Future[None] | None = None

    async def put(self, key: str, chunks: AsyncIterable[bytes]) -> Stored:
        """Store what `chunks` give. What they raise passes through, and then nothing is stored under `key`.

        Raises StorageUnreachable.
        """
        pipe = _Pipe()
        sending = asyncio.get_running_loop().run_in_executor(self._senders, self._send, key, pipe)
        try:
            async for chunk in chunks:
                await pipe.write(chunk, unless=sending)
                if sending.done():
                    break
            await pipe.write(None, unless=sending)
            return await sending
        except BaseException:
            pipe.cut()
            # Let the thread take back what it sent before anybody is told.
            await asyncio.gather(sending, return_exceptions=True)
            raise

    async def get(self, key: str, *, start: int, length: int) -> AsyncIterator[bytes]:
        """`length` bytes from `start`, once the storage has begun to answer. Raises StorageUnreachable."""
        if length == 0:
            return _nothing()
        response = await self._call(self._client.get_object, self._bucket, key, offset=start, length=length)
        return self._read(response)

    async def remove(self, key: str) -> None:
        """Also what an upload that was killed left of itself. Removing what is not there is no error."""
        await self._call(self._remove, key)

    async def missing(self) -> str | None:
        """A readiness check. Makes the bucket when there is none."""
        if self._probe is None or self._probe.done():  # a storage that hangs gets one probe, not one a second
            self._probe = asyncio.ensure_future(self._call(self._find_bucket))
            self._probe.add_done_callback(lambda probe: probe.cancelled() or probe.exception())
        done, _ = await asyncio.wait({self._probe}, timeout=_READY_SECONDS)
        return "object storage unreachable" if not done or self._probe.exception() else None

    def close(self) -> None:
        self._senders.shutdown(wait=False, cancel_futures=True)
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._http.clear()

    async def _call(self, function: Callable[..., T], *arguments: Any, **named: Any) -> T:
        def call() -> T:
            with self._reaching():
                return function(*arguments, **named)

        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    async def _read(self, response: urllib3.BaseHTTPResponse) -> AsyncIterator[bytes]:
        try:
            while chunk := await self._call(response.read, _DOWNLOAD_BYTES):
                yield chunk
        finally:
            response.close()
            response.release_conn()

    def _send(self, key: str, pipe: "_Pipe") -> Stored:
        with self._reaching():
            if not self._bucket_seen:
                self._find_bucket()
            # Always octets: what a file claims to be is told by our own answers only.
            self._client.put_object(
                self._bucket,
                key,
                cast(BinaryIO, pipe),
                length=-1,
                part_size=_PART_BYTES,
                num_parallel_uploads=1,
            )
        return pipe.stored()

    def _remove(self, key: str) -> None:
        self._client.remove_object(self._bucket, key)
        # The SDK ends unfinished uploads itself unless its process is killed; it has no public way to do it later.
        for upload in self._client._list_multipart_uploads(self._bucket, prefix=key).uploads:
            if upload.object_name == key and upload.upload_id:
                self._client._abort_multipart_upload(self._bucket, key, upload.upload_id)

    def _find_bucket(self) -> None:
        if not self._client.bucket_exists(self._bucket):
            try:
                self._client.make_bucket(self._bucket)
            except S3Error as error:  # a sibling process was faster
                if error.code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                    raise
        self._bucket_seen = True

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            logger.warning("storage_unreachable", error=str(error))
            self._bucket_seen = False
            raise StorageUnreachable() from error


class _Pipe:
    """Bytes on their way from the event loop to a thread: the writer waits when it is a few chunks ahead."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._chunks: asyncio.Queue[bytes | None] = asyncio.Queue(_CHUNKS_AHEAD)
        self._buffer = bytearray()
        self._ended = self._is_cut = False
        self._digest = hashlib.sha256()
        self._size = 0

    async def write(self, chunk: bytes | None, *, unless: asyncio.Future[Any]) -> None:
        """None is the end. Returns without having written when `unless` is done: nobody reads any more."""
        if not self._chunks.full():
            self._chunks.put_nowait(chunk)
            return
        writing = asyncio.ensure_future(self._chunks.put(chunk))
        try:
            await asyncio.wait({writing, unless}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            writing.cancel()

    def cut(self) -> None:
        """The reader's next read fails."""
        self._is_cut = True
        while not self._chunks.empty():
            self._chunks.get_nowait()
        self._chunks.put_nowait(None)

    def read(self, size: int) -> bytes:
        """In the thread: up to `size` bytes, none at the end."""
        size = min(size, _PIECE_BYTES)
        while len(self._buffer) < size and not self._ended:
            chunk = asyncio.run_coroutine_threadsafe(self._chunks.get(), self._loop).result()
            if self._is_cut:
                raise _Cut
            if chunk is None:
                self._ended = True
            else:
                self._buffer += chunk
        piece = bytes(self._buffer[:size])
        del self._buffer[:size]
        self._digest.update(piece)
        self._size += len(piece)
        return piece

    def stored(self) -> Stored:
        return Stored(self._size, self._digest.hexdigest())


class _Cut(Exception):
    """The writer gave up."""


async def _nothing() -> AsyncIterator[bytes]:
    nothing: tuple[bytes, ...] = ()
    for chunk in nothing:
        yield chunk
