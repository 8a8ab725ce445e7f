"""How keys are written in settings: 32 bytes, base64url without padding."""

import base64

_BYTES = 32


def encode_key(raw: bytes) -> str:
    """Returns the bytes as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode_key(text: str) -> bytes:
    """Raises ValueError for what is no key, without repeating it."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    if len(raw) != _BYTES:
        raise ValueError(f"is not the base64url of {_BYTES} bytes")
    return raw
