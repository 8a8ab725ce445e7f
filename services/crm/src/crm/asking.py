"""Whom this service asks over HTTP: contacts, for a contact whose event is still on the way."""

from typing import Annotated

from fastapi import Depends, Request

from shared.web.asking import Asker


def _contacts(request: Request) -> Asker:
    asker = request.app.state.contacts
    assert isinstance(asker, Asker)
    return asker


ContactsDep = Annotated[Asker, Depends(_contacts)]
