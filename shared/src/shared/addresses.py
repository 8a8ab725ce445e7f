"""E-mail addresses and hosts, by one standard wherever they are taken, compared or used: IDNA 2008.

An address is what any SMTP server can deliver to: letters beyond ASCII in the domain only, which travels as A-labels.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

import idna
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, ValidatedEmail, validate_email

# Names of this machine and of a company's own network: its own SMTP server delivers there.
for _name in ("localhost", "local"):
    if _name in SPECIAL_USE_DOMAIN_NAMES:
        SPECIAL_USE_DOMAIN_NAMES.remove(_name)


def parse_email(text: str) -> str:
    """The address, its domain as people read it and in lower case. Raises ValueError that says what is wrong."""
    return _validated(text).normalized


def mailable(text: str) -> str | None:
    """The address as it stands in a mail and on an SMTP command line, in ASCII; None where there is none."""
    try:
        return _validated(text.strip()).ascii_email
    except ValueError:
        return None


def comparable(text: str) -> str:
    """What two writings of one address have in common, and what a login goes by; never raises."""
    try:
        return _validated(text.strip()).normalized.lower()
    except ValueError:
        return text.strip().lower()


def parse_website(text: str) -> str:
    """As it is written, when a browser can go there. Raises ValueError that says what is wrong."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https"):
        raise ValueError("has to begin with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("has a user or a password in it")
    if parts.port == 0 or not is_host(parts.hostname or ""):
        raise ValueError("has no host that there could be")
    return text


def is_host(host: str) -> bool:
    """An IP address, or a name whose labels are ASCII or what IDNA 2008 allows, encoded or not."""
    try:
        ip_address(host)
    except ValueError:
        try:
            encoded = idna.encode(host.replace("_", "-"), uts46=True).decode()
            return bool(idna.decode(encoded))
        except (idna.IDNAError, UnicodeError):
            return False
    return True


def _validated(text: str) -> ValidatedEmail:
    try:
        return validate_email(
            text,
            check_deliverability=False,
            allow_smtputf8=False,
            strict=True,
            test_environment=True,
        )
    except EmailNotValidError as error:
        raise ValueError(str(error)) from error
