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
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import utc_now
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
    asked = {"org_id": org_id, "key": key, "lock": f"{org_id}{key}", "since": utc_now() - KEPT}
    stored = (await session.execute(_CLAIM, asked)).one()
    if not stored.locked:
        raise StillRunning()
    fingerprint = await _fingerprint(request, streamed)
    if stored.fingerprint is None:
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
    now = utc_now()
    kept = await session.execute(
        _KEEP,
        {
            "org_id": org_of(session),
            "key": key,
            "fingerprint": fingerprint,
            "status": response.status_code,
            "headers": orjson.dumps({k: v for k, v in response.headers.items() if k in _KEPT_HEADERS}).decode(),
            "body": bytes(response.body),
            "created_at": now,
            "since": now - KEPT,
        },
    )
    if kept.first() is None:
        raise StillRunning()


# The lock says whether another request holds the key now. One that committed after this statement began is not
# seen, and then the insert below meets its row: a conflict, not a second effect.
_CLAIM = text(
    """SELECT pg_try_advisory_xact_lock(hashtextextended(:lock, 0)) AS locked,
        k.fingerprint, k.status, k.headers, k.body
    FROM (SELECT) AS one
    LEFT JOIN idempotency_key k ON k.org_id = :org_id AND k.key = :key AND k.created_at >= :since"""
)

# Forgets what has expired on the way; an expired answer under this very key is replaced.
_KEEP = text(
    """WITH expired AS (
        DELETE FROM idempotency_key WHERE org_id = :org_id AND created_at < :since AND key <> :key
    )
    INSERT INTO idempotency_key AS k (org_id, key, fingerprint, status, headers, body, created_at)
    VALUES (:org_id, :key, :fingerprint, :status, :headers, :body, :created_at)
    ON CONFLICT (org_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status,
        headers = excluded.headers, body = excluded.body, created_at = excluded.created_at
        WHERE k.created_at < :since
    RETURNING true"""
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
