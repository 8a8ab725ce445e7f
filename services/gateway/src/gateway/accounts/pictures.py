"""Pictures from outside, drawn anew: what is kept and served holds pixels, and nothing else that came along."""

import hashlib
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from gateway.accounts.errors import NotAPicture, PictureTooLarge

FORMATS: Final = ("PNG", "JPEG", "WEBP")
"""No SVG: it is a program."""
LONGEST_SIDE: Final = 512
MOST_PIXELS: Final = 25_000_000
"""A few megabytes of file may unfold to gigabytes of them."""
_AT_MOST: Final = f"At most {MOST_PIXELS // 1_000_000} million pixels."


def redraw(given: bytes) -> bytes:
    """A PNG that is no larger than LONGEST_SIDE each way. Takes some milliseconds: call it in a thread.

    Raises NotAPicture, PictureTooLarge.
    """
    try:
        with Image.open(BytesIO(given), formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise PictureTooLarge(_AT_MOST)
            drawn = ImageOps.exif_transpose(picture).convert("RGBA")
    except Image.DecompressionBombError as error:
        raise PictureTooLarge(_AT_MOST) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise NotAPicture(f"It cannot be read as {', '.join(FORMATS)}.") from error
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    drawn.info.clear()
    written = BytesIO()
    drawn.save(written, "PNG", optimize=True)
    return written.getvalue()


def digest_of(picture: bytes) -> str:
    return hashlib.sha256(picture).hexdigest()
