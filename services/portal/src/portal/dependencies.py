"""What routes take from the app beside the session: settings, password threads, whom to ask over HTTP."""

from typing import Annotated

from fastapi import Depends, Request

from portal.config import Settings
from shared.passwords.hashing import Passwords
from shared.service_client import ServiceClient


def _settings(request: Request) -> Settings:
    settings = request.app.state.settings
    assert isinstance(settings, Settings)
    return settings


def _passwords(request: Request) -> Passwords:
    passwords = request.app.state.passwords
    assert isinstance(passwords, Passwords)
    return passwords


def _contacts(request: Request) -> ServiceClient:
    asker = request.app.state.contacts
    assert isinstance(asker, ServiceClient)
    return asker


def _documents(request: Request) -> ServiceClient:
    asker = request.app.state.documents
    assert isinstance(asker, ServiceClient)
    return asker


SettingsDep = Annotated[Settings, Depends(_settings)]
PasswordsDep = Annotated[Passwords, Depends(_passwords)]
ContactsDep = Annotated[ServiceClient, Depends(_contacts)]
DocumentsDep = Annotated[ServiceClient, Depends(_documents)]
