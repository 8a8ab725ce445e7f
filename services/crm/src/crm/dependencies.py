"""Whom this service asks over HTTP: contacts, for a contact whose event is still on the way."""

from typing import Annotated

from fastapi import Depends, Request

from shared.service_client import ServiceClient


def _contacts(request: Request) -> ServiceClient:
    asker = request.app.state.contacts
    assert isinstance(asker, ServiceClient)
    return asker


ContactsDep = Annotated[ServiceClient, Depends(_contacts)]
