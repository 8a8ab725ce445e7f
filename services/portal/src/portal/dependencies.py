"""What routes take from the app beside the session: settings, password threads, whom to ask over HTTP."""

from typing import Annotated

from fastapi import Depends, Request

from portal.config import Settings
from shared.passwords.hashing import Passwords
from shared.web.asking import Asker


def _settings(request: Request) -> Settings:
    settings = request.app.state.settings
    assert isinstance(settings, Settings)
    return settings


def _passwords(request: Request) -> Passwords:
    passwords = request.app.state.passwords
    assert isinstance(passwords, Passwords)
    return passwords


def _contacts(request: Request) -> Asker:
    asker = request.app.state.contacts
    assert isinstance(asker, Asker)
    return asker


def _documents(request: Request) -> Asker:
    asker = request.app.state.documents
    assert isinstance(asker, Asker)
    return asker


SettingsDep = Annotated[Settings, Depends(_settings)]
PasswordsDep = Annotated[Passwords, Depends(_passwords)]
ContactsDep = Annotated[Asker, Depends(_contacts)]
DocumentsDep = Annotated[Asker, Depends(_documents)]
