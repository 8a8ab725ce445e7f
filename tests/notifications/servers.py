"""A real SMTP server and a stand-in for documents, both on loopback, in the test's own loop."""

import asyncio
import email.policy
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

from shared.settings import Issuer
from shared.web.identity import Identity, Verifier
from tests.support.identity import ISSUERS

PDF = b"%PDF-1.7 a document\n%%EOF"


@dataclass(frozen=True, slots=True)
class Received:
    sender: str
    recipients: list[str]
    mail: EmailMessage


async def _nothing() -> None:
    return None


@dataclass
class MailServer:
    """Takes every mail, unless told otherwise. `on_mail` runs once a mail is in, before the server answers for it."""

    port: int = 0
    inbox: list[Received] = field(default_factory=list)
    recipient_answers: dict[str, list[str]] = field(default_factory=dict)
    """By address: what to answer, one after another; then 250."""
    data_answers: list[str] = field(default_factory=list)
    on_mail: Callable[[], Awaitable[None]] = _nothing
    options: dict[str, Any] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    """From the first byte."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator["MailServer"]:
        loop = asyncio.get_running_loop()

        def protocol() -> SMTP:
            return SMTP(self, hostname="mail.example", loop=loop, **self.options)

        server = await loop.create_server(protocol, "127.0.0.1", self.port, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            await server.wait_closed()

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]) -> str:
        if answers := self.recipient_answers.get(address):
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:
        if self.data_answers:
            return self.data_answers.pop(0)
        content = envelope.original_content
        assert content is not None
        mail = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.inbox.append(Received(envelope.mail_from or "", list(envelope.rcpt_tos), mail))
        await self.on_mail()
        return "250 queued"


@asynccontextmanager
async def serving(application: web.Application) -> AsyncIterator[str]:
    """On a free port of this machine; gives its address."""
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@dataclass
class PdfServer:
    """Stands for documents: one PDF for every document, asked for with a token of ours."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    """Statuses to answer with, one after another; then 200."""
    asked: list[tuple[str, Identity]] = field(default_factory=list)
    issuers: dict[str, Issuer] = field(default_factory=lambda: ISSUERS)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["PdfServer"]:
        application = web.Application()
        application.router.add_get("/api/v1/documents/{id}/pdf", self._pdf)
        async with serving(application) as self.url:
            yield self

    async def _pdf(self, request: web.Request) -> web.Response:
        identity = Verifier("documents", self.issuers).identify(
            request.headers["Authorization"].removeprefix("Bearer ")
        )
        self.asked.append((str(UUID(request.match_info["id"])), identity))
        if self.answers and (status := self.answers.pop(0)) != 200:
            return web.Response(status=status)
        return web.Response(body=PDF, content_type="application/pdf")


@dataclass
class LinkServer:
    """Stands for portal: another link each time one is asked for, with a token of ours."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    """Statuses to answer with, one after another; then 200."""
    links: list[tuple[str, str]] = field(default_factory=list)
    """(wish, link) in the order they were made."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator["LinkServer"]:
        application = web.Application()
        application.router.add_post("/internal/password-resets/{id}/link", self._link)
        async with serving(application) as self.url:
            yield self

    async def _link(self, request: web.Request) -> web.Response:
        identity = Verifier("portal", ISSUERS).identify(request.headers["Authorization"].removeprefix("Bearer "))
        assert (identity.actor, identity.scopes) == ("service:notifications", frozenset({"portal:links"}))
        if self.answers and (status := self.answers.pop(0)) != 200:
            return web.Response(status=status)
        link = f"https://ficha.example/portal/password?org=acme&x=1#secret-{len(self.links)}"
        self.links.append((request.match_info["id"], link))
        return web.json_response({"url": link})
