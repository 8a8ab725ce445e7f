"""`/.well-known/security.txt` (RFC 9116): whom to tell of a hole. There is none while nobody said who listens."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from pydantic import AfterValidator, StringConstraints

from gateway.errors import UnknownPath
from shared.addresses import parse_email
from shared.clock import utc_now

PATH: Final = "/.well-known/security.txt"
_GOOD_FOR: Final = timedelta(days=180)
"""The RFC wants less than a year, so that what nobody looks after is not believed for long."""

router = APIRouter(include_in_schema=False)


def _contact(value: str) -> str:
    """An e-mail becomes a `mailto:`. Raises ValueError."""
    if value.startswith("https://") and not any(character.isspace() for character in value):
        return value
    return f"mailto:{parse_email(value.removeprefix('mailto:'))}"


SecurityContact = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_contact)]
"""An e-mail, or a page over https."""


@router.get(PATH)
async def get_security_txt(request: Request) -> PlainTextResponse:
    settings = request.app.state.settings
    if settings.security_contact is None:
        raise UnknownPath()
    expires = (utc_now() + _GOOD_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {settings.security_contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: es, en, ca",
    ]
    # It says where it is only where nobody on the way could have put another there.
    if settings.https:
        lines.append(f"Canonical: {settings.public_url}{PATH}")
    return PlainTextResponse("\n".join(lines) + "\n", headers={"Cache-Control": "public, max-age=86400"})
