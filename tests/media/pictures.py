"""Pictures for the tests, made here: honest ones, ones that know where they were taken, and hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pillow_heif
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

SECRET = "a note that must not get out"
GPS, ORIENTATION, MAKER, DESCRIPTION = 0x8825, 0x0112, 0x010F, 0x010E


def scene(width: int = 800, height: int = 600, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right, a yellow mark at the upper left."""
    image = Image.new("RGB", (width, height), (200, 30, 30))
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 2, 0, width, height), fill=(30, 30, 200))
    draw.rectangle((0, 0, width // 8, height // 8), fill=(240, 220, 40))
    return image.convert(mode)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """What a telephone writes: maker, a note, orientation, and where it stood."""
    found = Image.Exif()
    found[ORIENTATION], found[MAKER], found[DESCRIPTION] = orientation, "Telephone", SECRET
    found.get_ifd(GPS).update({1: "N", 2: (38.0, 6.0, 57.0), 3: "E", 4: (13.0, 21.0, 41.0)})
    return found


def telling_jpeg(orientation: int = 1, size: tuple[int, int] = (800, 600)) -> bytes:
    """A JPEG with place, note and a comment block."""
    return saved(scene(*size), "JPEG", exif=exif(orientation), comment=SECRET.encode(), quality=90)


def telling_png() -> bytes:
    notes = PngInfo()
    notes.add_text("Comment", SECRET)
    return saved(scene(), "PNG", pnginfo=notes, exif=exif())


def heic() -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(scene()).save(out, format="HEIF", exif=exif().tobytes())
    return out.getvalue()


def animated(form: str) -> bytes:
    return saved(scene(40, 30), form, save_all=True, append_images=[scene(40, 30).rotate(90), scene(40, 30)])


def bomb(side: int = 30_000) -> bytes:
    """A PNG of a few kilobytes that says it is `side` × `side` pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
        + chunk(b"IEND", b"")
    )


def archive_at_the_end() -> bytes:
    """A JPEG that is a ZIP archive as well."""
    out = io.BytesIO(saved(scene(), "JPEG"))
    out.seek(0, io.SEEK_END)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("run.js", "alert(1)")
    return out.getvalue()


def page_in_a_comment() -> bytes:
    """A JPEG whose comment block is a page with a script."""
    return saved(scene(), "JPEG", comment=b"<script>alert(document.cookie)</script>")


def program_in_a_comment() -> bytes:
    return saved(scene(), "JPEG", comment=b"<?php system($_GET['c']); ?>")


def motion_photo() -> bytes:
    """A JPEG with a film behind it, as many telephones write."""
    return saved(scene(), "JPEG") + b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40
