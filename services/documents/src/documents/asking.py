"""Whom this service asks over HTTP: contacts, for a contact whose event is still on the way; gateway, for a logo."""

from typing import Annotated

from fastapi import Depends, Request

from shared.web.asking import Asker


def _contacts(request: Request) -> Asker:
    asker = request.app.state.contacts
    assert isinstance(asker, Asker)
    return asker


def _gateway(request: Request) -> Asker | None:
    """None where it is not among the owners."""
    asker = request.app.state.gateway
    assert asker is None or isinstance(asker, Asker)
    return asker


ContactsDep = Annotated[Asker, Depends(_contacts)]
GatewayDep = Annotated[Asker | None, Depends(_gateway)]
