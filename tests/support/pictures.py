"""Pictures to upload and to print."""

import io

from PIL import Image


def png(size: tuple[int, int], color: str = "#145aa0") -> bytes:
    """Of one colour; `size` in pixels."""
    written = io.BytesIO()
    Image.new("RGBA", size, color).save(written, "PNG")
    return written.getvalue()
