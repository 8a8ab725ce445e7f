"""How the services find each other on one machine: the environment of each, as data."""

import json
import os
from dataclasses import dataclass

from local.home import ISSUERS, Home
from shared.db.provision import Provisioned

SERVICES = ("contacts", "documents", "crm", "files", "portal", "notifications", "gateway")

ASKS = {
    "documents": ("contacts",),
    "crm": ("contacts",),
    "files": ("contacts",),
    "portal": ("contacts", "documents"),
    "notifications": ("documents",),
    "gateway": ("contacts", "documents", "crm", "files", "portal", "notifications"),
}
"""Who asks whom over HTTP, and therefore whose tokens a service accepts."""

MAILS_FOR = {"notifications": ("portal",)}
"""Who mails the links that another makes, and therefore is given them: no more of that service's is it to read."""

REPLICAS_OF = {
    "contacts": ("gateway",),
    "documents": ("contacts", "gateway"),
    "crm": ("contacts", "gateway"),
    "files": ("contacts", "gateway"),
    "portal": ("contacts", "documents", "gateway"),
    "notifications": ("gateway",),
}
"""Whose facts a service keeps copies of, and therefore who tells it all of them when it rebuilds those.

The gateway always: it knows which organisations there are.
"""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where everything is. `databases` and `ports` by service; no `amqp_url`: the in-memory bus."""

    databases: dict[str, Provisioned]
    ports: dict[str, int]
    s3_endpoint: str
    s3_access_key: str
    s3_secret_key: str
    amqp_url: str | None = None

    @property
    def public_url(self) -> str:
        return self.url_of("gateway")

    def url_of(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}"


def environment(service: str, endpoints: Endpoints, home: Home) -> dict[str, str]:
    """Every setting of `service`, by the names its Settings class reads."""
    values = {
        "HOST": "127.0.0.1",
        "PORT": str(endpoints.ports[service]),
        "LOG_LEVEL": "INFO",
        "DATABASE_URL": endpoints.databases[service].database_url,
        "MIGRATE_URL": endpoints.databases[service].migrate_url,
        "IDENTITY_ISSUERS": json.dumps(_issuers_for(service, home)),
        **_own(service, endpoints, home),
    }
    if endpoints.amqp_url:
        values["AMQP_URL"] = endpoints.amqp_url
    if service in ISSUERS:
        values["IDENTITY_PRIVATE_KEY"] = home.keys_of(service)[0]
    for asked in (*ASKS.get(service, ()), *MAILS_FOR.get(service, ())):
        values[f"{asked.upper()}_URL"] = endpoints.url_of(asked)
    if owners := REPLICAS_OF.get(service):
        values["OWNERS"] = json.dumps({owner: endpoints.url_of(owner) for owner in owners})
    return {f"{service.upper()}_{name}": value for name, value in values.items()}


def _own(service: str, endpoints: Endpoints, home: Home) -> dict[str, str]:
    match service:
        case "files":
            return {
                "S3_ENDPOINT": endpoints.s3_endpoint,
                "S3_ACCESS_KEY": endpoints.s3_access_key,
                "S3_SECRET_KEY": endpoints.s3_secret_key,
                "S3_BUCKET": "ficha-files",
                "S3_SECURE": "false",
            }
        case "notifications":
            return {
                "MAIL_FOLDER": str(home.mails),
                "MAIL_FROM": "ficha@ficha.localhost",
                "WEBHOOK_KEYS": home.webhook_key,
                "WEBHOOK_PRIVATE_HOSTS": os.environ.get("FICHA_WEBHOOK_PRIVATE_HOSTS", ""),
            }
        case "portal":
            return {"PUBLIC_URL": endpoints.public_url}
        case "gateway":
            return {
                "PUBLIC_URL": endpoints.public_url,
                "OTHER_URLS": os.environ.get("FICHA_OTHER_URLS", ""),
                "CONFIRMATION_MINUTES": os.environ.get("FICHA_CONFIRMATION_MINUTES", "15"),
                "BOOTSTRAP_ORGANIZATION": "Northwind Traders",
                "BOOTSTRAP_EMAIL": "admin@ficha.localhost",
                "BOOTSTRAP_PASSWORD": home.admin_password,
            }
        case _:
            return {}


def _issuers_for(service: str, home: Home) -> dict[str, dict[str, object]]:
    """The gateway speaks for people and may all; a sibling may only read what this service owns, copy it, or
    mail its links."""
    issuers: dict[str, dict[str, object]] = {"gateway": {"public_key": home.keys_of("gateway")[1]}}
    for sibling, scopes in scopes_of_siblings(service).items():
        issuers[sibling] = {"public_key": home.keys_of(sibling)[1], "scopes": scopes}
    return issuers


def scopes_of_siblings(service: str) -> dict[str, list[str]]:
    """What tokens of its siblings may carry at `service`, by who signs them; those who ask nothing are left out."""
    found = {
        sibling: [
            f"{service}:{action}"
            for action, table in (("read", ASKS), ("snapshot", REPLICAS_OF), ("links", MAILS_FOR))
            if service in table.get(sibling, ())
        ]
        for sibling in ISSUERS
        if sibling != "gateway"
    }
    return {sibling: scopes for sibling, scopes in found.items() if scopes}
