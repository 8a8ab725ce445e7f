"""Pictures from outside, drawn anew: what is kept and served holds pixels, and nothing else that came along.

By libvips, which shrinks while it reads: a picture of 25 million pixels takes 100 MB at most, and no other of its many
formats is ever tried.
"""

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pyvips

from gateway.accounts.errors import NotAPicture, PictureTooLarge

FORMATS: Final = ("PNG", "JPEG", "WEBP")
"""No SVG: it is a program."""
LONGEST_SIDE: Final = 512
MOST_PIXELS: Final = 25_000_000
"""A few megabytes of file may unfold to gigabytes of them."""
_MOST_HELD: Final = 4 * MOST_PIXELS
"""Bytes: of what is not stored from top to bottom, fewer pixels may be too many."""
_LOADERS: Final = ("VipsForeignLoadPng", "VipsForeignLoadJpeg", "VipsForeignLoadWebp")
_LANE: Final = ThreadPoolExecutor(1, thread_name_prefix="pictures")
"""One at a time: each takes a moment, and many at once took the memory of all who are logged in."""

pyvips.block_untrusted_set(True)
pyvips.operation_block_set("VipsForeignLoad", True)
for _loader in _LOADERS:
    pyvips.operation_block_set(_loader, False)
pyvips.cache_set_max(0)


async def redraw(given: bytes) -> bytes:
    """A PNG that is no larger than LONGEST_SIDE each way, upright, with the colours of screens.

    Raises NotAPicture, PictureTooLarge.
    """
    return await asyncio.get_running_loop().run_in_executor(_LANE, _redraw, given)


def digest_of(picture: bytes) -> str:
    return hashlib.sha256(picture).hexdigest()


def _redraw(given: bytes) -> bytes:
    try:
        header = pyvips.Image.new_from_buffer(given, "")  # reads no pixel
        if header.width * header.height > MOST_PIXELS or _held_whole(header) > _MOST_HELD:
            raise PictureTooLarge(f"At most {MOST_PIXELS // 1_000_000} million pixels.")
        drawn: Any = pyvips.Image.thumbnail_buffer(
            given,
            LONGEST_SIDE,
            height=LONGEST_SIDE,
            size="down",
            export_profile="srgb",
            option_string="fail_on=error",  # half a picture is none
        )
        drawn = drawn if drawn.hasalpha() else drawn.bandjoin(255)
        return bytes(drawn.cast("uchar").write_to_buffer(".png", keep="none"))
    except pyvips.Error as error:
        raise NotAPicture(f"It cannot be read as {', '.join(FORMATS)}.") from error


def _held_whole(header: Any) -> float:
    """Bytes that are held until the last has come, where a picture is stored from coarse to fine."""
    if not header.get_typeof("interlaced"):
        return 0
    pixels = header.width * header.height
    if header.get("vips-loader").startswith("jpeg"):
        planes = 1.5 if header.get("jpeg-chroma-subsample") == "4:2:0" else header.bands
        return float(pixels * planes * 2)  # coefficients are 16 bits
    return float(pixels * header.bands * (2 if header.format == "ushort" else 1) * 2)  # and once more to shrink it
