"""A wrong setting ends the start with one sentence that names it, and never repeats it: it may be a secret."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from contacts.__main__ import PROGRAM as CONTACTS
from notifications.__main__ import PROGRAM as NOTIFICATIONS
from shared.process.program import Program
from shared.settings import ServiceSettings
from shared.web.identity import generate_keys

DATABASE = "postgresql+asyncpg://ficha_contacts:qW8-xK2_vN5zR@db:5432/ficha_contacts"
STRONG = "Zt6-pLw_09aQvB3m"


@dataclass
class Starting:
    """The start of a service with exactly these settings."""

    patch: pytest.MonkeyPatch
    said: pytest.CaptureFixture[str]

    def settings(self, values: Mapping[str, str], program: Program = CONTACTS) -> ServiceSettings:
        for name in [name for name in os.environ if name.startswith(("CONTACTS_", "NOTIFICATIONS_", "FICHA_"))]:
            self.patch.delenv(name)
        for name, value in values.items():
            self.patch.setenv(name, value)
        return program.load_settings()

    def refused(self, values: Mapping[str, str], program: Program = CONTACTS) -> str:
        with pytest.raises(SystemExit) as stopped:
            self.settings(values, program)
        assert stopped.value.code == 2
        return self.said.readouterr().err


@pytest.fixture
def starting(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Starting:
    return Starting(monkeypatch, capsys)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"CONTACTS_DATABASE_URL": "nonsense"}, "CONTACTS_DATABASE_URL is not a URL."),
        ({"CONTACTS_DATABASE_URL": "postgresql+asyncpg://db:port/x"}, "CONTACTS_DATABASE_URL is not a URL."),
        (
            {"CONTACTS_DATABASE_URL": "postgresql+asyncpg://db:70000/x"},
            "CONTACTS_DATABASE_URL has a port that is none.",
        ),
        ({"CONTACTS_DATABASE_URL": "postgresql+asyncpg://db"}, "CONTACTS_DATABASE_URL names no database."),
        (
            {"CONTACTS_DATABASE_URL": "postgresql://db/x"},
            "CONTACTS_DATABASE_URL does not start with postgresql+asyncpg://.",
        ),
        ({"CONTACTS_MIGRATE_URL": "nonsense"}, "CONTACTS_MIGRATE_URL is not a URL."),
        (
            {"CONTACTS_AMQP_URL": "amqp://a:port/"},
            "CONTACTS_AMQP_URL is not a URL, or several separated by commas.",
        ),
        (
            {"CONTACTS_AMQP_URL": "amqp://a/,nonsense"},
            "CONTACTS_AMQP_URL does not start with amqp:// or amqps:// and the name of a server.",
        ),
        ({"CONTACTS_PORT": "70000"}, "CONTACTS_PORT should be less than or equal to 65535."),
        ({"CONTACTS_IDENTITY_ISSUERS": "{"}, "CONTACTS_IDENTITY_ISSUERS is not JSON."),
        (
            {"CONTACTS_IDENTITY_ISSUERS": '{"gateway": {"public_key": "short"}}'},
            "CONTACTS_IDENTITY_ISSUERS (gateway.public_key) is not the base64url of 32 bytes.",
        ),
        (
            {"CONTACTS_OWNERS": '{"gateway": "gateway:8000"}'},
            "CONTACTS_OWNERS (gateway) is not http:// or https:// and the name of a server, without a path.",
        ),
        ({"CONTACTS_IDENTITY_PRIVATE_KEY": "key"}, "CONTACTS_IDENTITY_PRIVATE_KEY is not the base64url of 32 bytes."),
        ({"FICHA_ENVIRONMENT": "staging"}, "FICHA_ENVIRONMENT should be 'development' or 'production'."),
        (
            {"CONTACTS_MIGRATE_URL_FILE": "/nowhere"},
            "CONTACTS_MIGRATE_URL_FILE: /nowhere cannot be read: No such file or directory.",
        ),
        (
            {"CONTACTS_DATABASE_URL_FILE": "/nowhere"},
            "CONTACTS_DATABASE_URL and CONTACTS_DATABASE_URL_FILE are both set; only one of them may be.",
        ),
    ],
)
def test_a_wrong_value_is_named(starting: Starting, wrong: Mapping[str, str], sentence: str) -> None:
    assert starting.refused({"CONTACTS_DATABASE_URL": DATABASE, **wrong}) == f"{sentence}\n"


def test_what_is_missing_is_named_and_explained(starting: Starting) -> None:
    said = starting.refused({"NOTIFICATIONS_DATABASE_URL": DATABASE}, NOTIFICATIONS)
    assert [line.partition(":")[0] for line in said.splitlines()] == [
        "NOTIFICATIONS_IDENTITY_PRIVATE_KEY is not set",
        "NOTIFICATIONS_DOCUMENTS_URL is not set",
        "NOTIFICATIONS_PORTAL_URL is not set",
        "NOTIFICATIONS_MAIL_FROM is not set",
        "NOTIFICATIONS_MAIL_FOLDER is not set, nor is NOTIFICATIONS_SMTP_HOST",
        "NOTIFICATIONS_WEBHOOK_KEYS is not set",
    ]


def test_a_value_may_come_from_a_file(starting: Starting, tmp_path: Path) -> None:
    secret, issuers = tmp_path / "url", tmp_path / "issuers"
    secret.write_text(f"{DATABASE}\n")
    issuers.write_text(f'{{"gateway": {{"public_key": "{generate_keys()[1]}"}}}}')
    settings = starting.settings(
        {"CONTACTS_DATABASE_URL_FILE": str(secret), "CONTACTS_IDENTITY_ISSUERS_FILE": str(issuers)}
    )
    assert settings.database_url.get_secret_value() == DATABASE
    assert settings.identity_issuers["gateway"].scopes == ["*"]


def test_what_a_file_says_is_checked_too(starting: Starting, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("nonsense")
    said = starting.refused({"CONTACTS_DATABASE_URL_FILE": str(tmp_path / "url")})
    assert said == "CONTACTS_DATABASE_URL_FILE is not a URL.\n"


def test_what_all_services_share_may_be_given_once(starting: Starting) -> None:
    given = {"CONTACTS_DATABASE_URL": DATABASE, "FICHA_HOST": "0.0.0.0", "FICHA_PORT": "1", "FICHA_LOG_LEVEL": "DEBUG"}
    settings = starting.settings({**given, "CONTACTS_LOG_LEVEL": "ERROR"})
    assert (settings.host, settings.port, settings.log_level) == ("0.0.0.0", 8000, "ERROR")


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("CONTACTS_DATABASE_URL", DATABASE.replace("qW8-xK2_vN5zR", "change-me-first"), "placeholder"),
        ("CONTACTS_MIGRATE_URL", DATABASE.replace("qW8-xK2_vN5zR", "postgres"), "easily guessed"),
        ("CONTACTS_AMQP_URL", f"amqp://contacts:{STRONG}@a/,amqp://guest:guest@b/", "easily guessed"),
        ("CONTACTS_IDENTITY_PRIVATE_KEY", "A" * 43, "easily guessed"),
    ],
)
def test_production_refuses_what_can_be_guessed(starting: Starting, name: str, value: str, reason: str) -> None:
    given = {"CONTACTS_DATABASE_URL": DATABASE, name: value}
    assert starting.settings(given).environment == "development"
    said = starting.refused({**given, "FICHA_ENVIRONMENT": "production"})
    assert said.startswith(f"{name} is ")
    assert reason in said
    assert value not in said


def test_production_takes_secrets_that_are_some(starting: Starting) -> None:
    settings = starting.settings(
        {
            "CONTACTS_DATABASE_URL": DATABASE,
            "CONTACTS_MIGRATE_URL": "postgresql+asyncpg://owner@/ficha_contacts?host=/run/postgresql",
            "CONTACTS_AMQP_URL": f"amqp://contacts:{STRONG}@a/,amqp://contacts:{STRONG}@b/",
            "CONTACTS_IDENTITY_PRIVATE_KEY": generate_keys()[0],
            "FICHA_ENVIRONMENT": "production",
        }
    )
    assert settings.environment == "production"
