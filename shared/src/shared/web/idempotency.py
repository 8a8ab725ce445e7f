"""Idempotency-Key: the same POST twice has one effect and one answer, for 24 hours.

The answer is stored in the request's own transaction: work and answer commit together or not at all.
"""

import hashlib
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.base import utc_now
from shared.db.infrastructure import idempotency_key
from shared.db.tenancy import org_of
from shared.errors import Conflict, invalid

KEPT = timedelta(hours=24)
_HEADER = "idempotency-key"
_KEPT_HEADERS = ("content-type", "etag", "location")


class StillRunning(Conflict):
    code = "idempotency.still_running"
    title = "The first request with this key is still running"


class Replay(Exception):
    """Not an error: the stored answer, on its way out."""

    def __init__(self, response: Response) -> None:
        self.response = response


async def claim(session: AsyncSession, request: Request, *, streamed: bytes | None = None) -> None:
    """First thing in a POST's transaction. Raises Replay with the stored answer, StillRunning or Invalid.

    `streamed` stands for a body that was read as a stream (its digest): two of one length are not one request.
    """
    key = request.headers.get(_HEADER)
    if request.method != "POST" or key is None:
        return
    if not 1 <= len(key) <= 255 or not key.isascii() or not key.isprintable():
        raise invalid(_HEADER, "idempotency_key_invalid", "Idempotency-Key takes 1 to 255 printable characters.")
    org_id = org_of(session)
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(f"{org_id}{key}", 0)))):
        raise StillRunning()
    mine = (idempotency_key.c.org_id == org_id) & (idempotency_key.c.key == key)
    expired = (idempotency_key.c.org_id == org_id) & (idempotency_key.c.created_at < utc_now() - KEPT)
    await session.execute(delete(idempotency_key).where(expired))
    fingerprint = await _fingerprint(request, streamed)
    stored = (await session.execute(select(idempotency_key).where(mine))).one_or_none()
    if stored is None:
        request.state.idempotency = (session, key, fingerprint)
        return
    if stored.fingerprint != fingerprint:
        raise invalid(_HEADER, "idempotency_key_reused", "This key was used for another request.")
    headers = {**orjson.loads(stored.headers), "Idempotent-Replayed": "true"}
    raise Replay(Response(stored.body, stored.status, headers=headers))


async def keep(request: Request, response: Response) -> None:
    """Store the answer of a claimed POST in its transaction, once. Only routes that open their own need to call it."""
    claimed = getattr(request.state, "idempotency", None)
    if not claimed or response.status_code >= 300:
        return
    request.state.idempotency = None
    session, key, fingerprint = claimed
    await session.flush()
    await session.execute(
        insert(idempotency_key).values(
            org_id=org_of(session),
            key=key,
            fingerprint=fingerprint,
            status=response.status_code,
            headers=orjson.dumps({k: v for k, v in response.headers.items() if k in _KEPT_HEADERS}).decode(),
            body=bytes(response.body),
            created_at=utc_now(),
        )
    )


class IdempotentRoute(APIRoute):
    """Keeps the answer of a claimed POST before its transaction commits."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                response = await handle(request)
            except Replay as replay:
                return replay.response
            await keep(request, response)
            return response

        return handler


async def _fingerprint(request: Request, streamed: bytes | None) -> bytes:
    """Method, path and body. A multipart body that FastAPI parsed cannot be read again: its length stands for it."""
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    if streamed is not None:
        digest.update(streamed)
    elif request.headers.get("content-type", "").startswith("multipart/"):
        digest.update(request.headers.get("content-length", "").encode())
    else:
        digest.update(await request.body())
    return digest.digest()
