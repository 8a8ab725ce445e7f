"""The company's logo: what comes in is drawn anew, what goes out is for everybody and never changes."""

import asyncio
import hashlib
import struct
import sys
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
import pyvips
from PIL import Image, PngImagePlugin

from gateway.accounts.errors import PictureTooLarge
from gateway.accounts.pictures import LONGEST_SIDE, redraw
from gateway.bodies import MOST_BYTES
from shared.db.session import Database
from tests.gateway.conftest import Person, log_in, new_person
from tests.support.outbox import recorded

PATH = "/api/v1/organization/logo"


def a_picture(kind: str = "PNG", size: tuple[int, int] = (800, 200), color: str = "#0a7a5c", **options: Any) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, color).save(written, kind, **options)
    return written.getvalue()


def a_promise(width: int, height: int) -> bytes:
    """The beginning of a PNG of that size: a few bytes that would unfold to very many."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


async def put(client: httpx.AsyncClient, picture: bytes, **headers: str) -> httpx.Response:
    return await client.put(PATH, content=picture, headers={"Content-Type": "image/png", **headers})


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_everybody_sees_the_logo_and_keeps_it_for_good(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, kind: str
) -> None:
    answer = await put(client, a_picture(kind))
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"'), answer.text
    seen = await anonymous.get(answer.json()["logo_url"])
    assert (seen.status_code, seen.headers["content-type"]) == (200, "image/png")
    assert seen.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert seen.headers["x-content-type-options"] == "nosniff"
    assert seen.headers["content-security-policy"] == "default-src 'none'; sandbox"
    digest = hashlib.sha256(seen.content).hexdigest()
    assert (answer.json()["logo_url"], seen.headers["etag"]) == (f"/logos/{digest}.png", f'"{digest}"')
    assert Image.open(BytesIO(seen.content)).size == (LONGEST_SIDE, LONGEST_SIDE // 4)


async def test_nothing_but_pixels_is_kept(client: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "<script>alert(1)</script>")
    given = a_picture(pnginfo=told) + b"<script>alert(2)</script>"
    url = (await put(client, given)).json()["logo_url"]
    assert b"script" in given
    assert b"script" not in (await anonymous.get(url)).content


async def test_a_photo_stands_as_it_was_taken(client: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    url = (await put(client, a_picture("JPEG", (300, 100), exif=turned))).json()["logo_url"]
    assert Image.open(BytesIO((await anonymous.get(url)).content)).size == (100, 300)


async def test_its_event_names_it_and_a_new_one_takes_its_place(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    mine = a_picture(color="#c0ffee")
    first, again = (await put(client, mine)).json(), (await put(client, mine)).json()
    assert (again["version"], again["logo_url"]) == (first["version"], first["logo_url"])
    second = (await put(client, a_picture(color="#decade"), **{"If-Match": '"2"'})).json()
    assert (await put(client, a_picture(), **{"If-Match": '"2"'})).status_code == 412
    assert (await anonymous.get(first["logo_url"])).status_code == 404
    removed = await client.delete(PATH)
    assert (removed.status_code, removed.headers["etag"]) == (204, '"4"')
    assert (await client.get("/api/v1/organization")).json()["logo_url"] is None
    gone = await anonymous.get(second["logo_url"])
    assert (gone.status_code, gone.json()["code"]) == (404, "gateway.logo_not_found")
    told = [event for event in await recorded(database, admin.org_id) if "logo" in event.changed]
    assert [f"/logos/{event.data.logo}.png" for event in told[:2]] == [first["logo_url"], second["logo_url"]]
    assert told[2].data.logo is None


@pytest.mark.parametrize(
    ("picture", "status", "code"),
    [
        (lambda: b"", 422, "gateway.not_a_picture"),
        (
            lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            422,
            "gateway.not_a_picture",
        ),
        (lambda: a_picture("GIF"), 422, "gateway.not_a_picture"),
        (lambda: a_picture("TIFF"), 422, "gateway.not_a_picture"),
        (lambda: a_picture("BMP"), 422, "gateway.not_a_picture"),
        (lambda: a_picture()[:100], 422, "gateway.not_a_picture"),
        (lambda: a_picture("JPEG", (2000, 2000))[:5000], 422, "gateway.not_a_picture"),
        (lambda: a_picture("WEBP", (2000, 2000))[:500], 422, "gateway.not_a_picture"),
        (lambda: a_promise(100, 100), 422, "gateway.not_a_picture"),
        (lambda: a_promise(30_000, 30_000), 422, "gateway.picture_too_large"),
        (lambda: a_picture("PNG", (5001, 5000)), 422, "gateway.picture_too_large"),
        (lambda: a_picture("JPEG", (5001, 5000)), 422, "gateway.picture_too_large"),
        (lambda: a_picture("WEBP", (5001, 5000)), 422, "gateway.picture_too_large"),
        (lambda: b"\x89PNG" * (MOST_BYTES // 4 + 1), 413, "gateway.body_too_large"),
    ],
    ids=[
        "nothing",
        "a drawing",
        "another kind",
        "a scan",
        "a bitmap",
        "half of one",
        "half a photo",
        "half a picture of the web",
        "a promise",
        "a bomb",
        "one column too many",
        "a photo too large",
        "a picture of the web too large",
        "too many bytes",
    ],
)
async def test_what_is_no_small_picture_is_refused_with_its_reason(
    client: httpx.AsyncClient, picture: Callable[[], bytes], status: int, code: str
) -> None:
    answer = await put(client, picture())
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]
    assert (await client.get("/api/v1/organization")).json()["logo_url"] is None


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
async def test_every_kind_of_pixels_becomes_a_png_with_transparency(mode: str) -> None:
    written = BytesIO()
    Image.new(mode, (700, 350)).save(written, "PNG")
    drawn = Image.open(BytesIO(await redraw(written.getvalue())))
    assert (drawn.format, drawn.mode, drawn.size) == ("PNG", "RGBA", (512, 256))


async def test_colours_for_print_become_those_of_screens() -> None:
    written = BytesIO()
    Image.new("CMYK", (60, 30), (0, 255, 255, 0)).save(written, "JPEG")
    red, green, blue, opacity = Image.open(BytesIO(await redraw(written.getvalue()))).getpixel((5, 5))  # type: ignore[misc]
    assert red > 180
    assert max(green, blue) < 90
    assert opacity == 255


LARGEST = (5000, 5000)
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "PNG": ("RGB", {}),
    "transparent PNG": ("RGBA", {}),
    "deep PNG": ("I;16", {}),
    "JPEG": ("RGB", {}),
    "progressive JPEG": ("RGB", {"progressive": True}),
    "printer's JPEG": ("CMYK", {}),
    "WEBP": ("RGB", {}),
    "transparent WEBP": ("RGBA", {}),
    "lossless WEBP": ("RGBA", {"lossless": True}),
}


def a_large(kind: str) -> bytes:
    mode, options = KINDS[kind]
    written = BytesIO()
    Image.new(mode, LARGEST).save(written, kind.split()[-1], **options)
    return written.getvalue()


def coarse_png(size: tuple[int, int], *, deep: bool = False) -> bytes:
    """Stored from coarse to fine, which Pillow cannot write."""
    drawn: Any = pyvips.Image.black(*size, bands=4)
    drawn = drawn.cast("ushort").copy(interpretation="rgb16") if deep else drawn.copy(interpretation="srgb")
    return bytes(drawn.write_to_buffer(".png", interlace=True))


@pytest.mark.parametrize(
    "picture",
    [
        lambda: coarse_png((4000, 4000)),
        lambda: coarse_png((3000, 3000), deep=True),
        lambda: a_picture("JPEG", (4900, 4900), progressive=True, subsampling=0),
    ],
    ids=["coarse", "deep and coarse", "progressive and of every colour"],
)
async def test_what_has_to_be_held_whole_may_have_fewer_pixels(picture: Callable[[], bytes]) -> None:
    with pytest.raises(PictureTooLarge):
        await redraw(picture())


DRAW_SIX = """
import asyncio, sys
from pathlib import Path
from gateway.accounts.errors import PictureTooLarge
from gateway.accounts.pictures import redraw

def peak():
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1])

async def main():
    picture, small = (Path(name).read_bytes() for name in sys.argv[1:])
    await redraw(small)
    before = peak()
    await asyncio.gather(*(redraw(picture) for _ in range(6)))
    print((peak() - before) // 1024)

asyncio.run(main())
"""


@pytest.mark.parametrize("kind", KINDS)
async def test_six_of_the_largest_at_once_take_little_memory(kind: str, tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(a_picture())
    (tmp_path / "large").write_bytes(a_large(kind))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DRAW_SIX, tmp_path / "large", tmp_path / "small", stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    assert process.returncode == 0
    assert int(told) < 150, "MiB"


async def test_two_companies_may_have_the_same(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database, url: str
) -> None:
    async with httpx.AsyncClient(base_url=url) as other:
        await log_in(other, await new_person(database))
        mine, theirs = await put(client, a_picture(color="#123456")), await put(other, a_picture(color="#123456"))
        assert mine.json()["logo_url"] == theirs.json()["logo_url"]
        await other.delete(PATH)
        assert (await anonymous.get(mine.json()["logo_url"])).status_code == 200


async def test_only_administrators_choose_it(anonymous: httpx.AsyncClient, database: Database, admin: Person) -> None:
    assert (await put(anonymous, a_picture())).status_code == 401
    await log_in(anonymous, await new_person(database, org_id=admin.org_id, is_admin=False))
    assert (await put(anonymous, a_picture())).status_code == 403
    assert (await anonymous.delete(PATH)).status_code == 403
