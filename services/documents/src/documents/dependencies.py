"""Whom this service asks over HTTP: contacts, for a contact whose event is still on the way; gateway, for a logo."""

from typing import Annotated

from fastapi import Depends, Request

from shared.service_client import ServiceClient


def _contacts(request: Request) -> ServiceClient:
    asker = request.app.state.contacts
    assert isinstance(asker, ServiceClient)
    return asker


def _gateway(request: Request) -> ServiceClient | None:
    """None where it is not among the owners."""
    asker = request.app.state.gateway
    assert asker is None or isinstance(asker, ServiceClient)
    return asker


ContactsDep = Annotated[ServiceClient, Depends(_contacts)]
GatewayDep = Annotated[ServiceClient | None, Depends(_gateway)]
