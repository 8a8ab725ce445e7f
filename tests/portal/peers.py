"""Stand-ins for the services that portal asks: real servers on loopback that check who is asking."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from shared.errors import Unauthenticated
from shared.settings import Issuer
from shared.web.identity import Identity, Verifier, generate_keys

PRIVATE_KEY, _PUBLIC_KEY = generate_keys()
_ISSUERS = {"portal": Issuer(public_key=_PUBLIC_KEY)}


class Peer:
    """Answers `GET <path>` with what `serve` was given for it (JSON, or bytes as a PDF), else 404."""

    def __init__(self, scope: str) -> None:
        self.url = ""
        self.asked: list[tuple[str, Identity]] = []
        self.broken = False
        self._scope = scope
        self._verifier = Verifier(scope.partition(":")[0], _ISSUERS)
        self._answers: dict[str, Any] = {}

    def serve(self, path: str, answer: Any) -> None:
        self._answers[path] = answer

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        try:
            identity = self._verifier.identify(request.headers.get("Authorization", "").removeprefix("Bearer "))
        except Unauthenticated:
            return web.Response(status=401)
        if not identity.may(self._scope) or identity.org_id is None:
            return web.Response(status=403)
        self.asked.append((request.path, identity))
        if self.broken:
            return web.Response(status=500)
        answer = self._answers.get(f"{identity.org_id} {request.path}")
        if answer is None:
            return web.Response(status=404)
        if isinstance(answer, bytes):
            headers = {"Content-Disposition": 'inline; filename="F260001.pdf"'}
            return web.Response(body=answer, content_type="application/pdf", headers=headers)
        return web.json_response(answer)


@asynccontextmanager
async def standing(scope: str) -> AsyncIterator[Peer]:
    peer = Peer(scope)
    app = web.Application()
    app.router.add_get("/{path:.*}", peer._answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        peer.url = f"http://{host}:{port}"
        yield peer
    finally:
        await runner.cleanup()
