"""What the services' READMEs say of settings: a table made from their classes, and who may ask them."""

import importlib
import re
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from local.wiring import SERVICES, scopes_of_siblings
from shared.settings import ServiceSettings, Unit

ROOT = Path(__file__).parents[2]
_BEGIN, _END = "<!-- settings: written by `make settings` -->\n", "<!-- /settings -->"
_PLACE = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", re.DOTALL)
_HEAD = "| Variable | Meaning | Default | Unit |\n|---|---|---|---|\n"


def readme_of(service: str) -> Path:
    return ROOT / "services" / service / "README.md"


def settings_of(service: str) -> type[ServiceSettings]:
    settings: type[ServiceSettings] = importlib.import_module(f"{service}.config").Settings
    return settings


def outdated() -> dict[Path, str]:
    """What READMEs should say and do not, by path."""
    wanted = {readme_of(service): _with_table(service) for service in SERVICES}
    return {path: text for path, text in wanted.items() if path.read_text() != text}


def _with_table(service: str) -> str:
    text = readme_of(service).read_text()
    assert _PLACE.search(text), f"{readme_of(service)} has no place for its settings: {_BEGIN}{_END}"
    written = table(settings_of(service)) + "\n" + issuers(service)
    return _PLACE.sub(lambda _: f"{_BEGIN}{written}{_END}", text)


def issuers(service: str) -> str:
    """What IDENTITY_ISSUERS has to hold."""
    name = f"`{settings_of(service).name_of('identity_issuers')}`"
    siblings = scopes_of_siblings(service).items()
    scopes = [f"{sibling} ({', '.join(f'`{scope}`' for scope in allowed)})" for sibling, allowed in siblings]
    return f"{name} names: {'; '.join(['gateway (no `scopes`: it speaks for people)', *scopes])}.\n"


def table(settings: type[ServiceSettings]) -> str:
    """The service's own first, what every service has after them."""
    common = ServiceSettings.model_fields
    fields = sorted(settings.model_fields.items(), key=lambda item: item[0] in common)
    return _HEAD + "".join(_row(settings, name, field) for name, field in fields)


def _row(settings: type[ServiceSettings], name: str, field: FieldInfo) -> str:
    unit = next((part for part in field.metadata if isinstance(part, Unit)), "")
    return f"| `{settings.name_of(name)}` | {field.description} | {_default(field)} | {unit} |\n"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value: Any = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return f"`{value}`" if value or value == 0 else ""
