"""A picture made anew from the pixels of what was sent. Nothing else of the sent file is kept. Pure."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore

import pillow_heif
from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

FILE_LIMIT = 12_000_000
"""Bytes of one sent file."""
LONGEST = 2048
THUMB = 480
PIXELS = 64_000_000
"""Pixels of a picture that can be made smaller while it is read (JPEG)."""
PIXELS_WHOLE = 50_000_000
"""Pixels of any other picture: it must be held in memory whole."""
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
ANIMATED = {"PNG", "WEBP"}
SHAPES = re.compile(
    rb"<\?php|<script|<html|<svg|<!doctype|<%eval|\beval\(|#!/|EICAR-STANDARD-ANTIVIRUS-TEST-FILE",
    re.IGNORECASE,
)
"""What programs and pages look like: a photo never holds it, a file that is two things at once does."""
PROGRAMS = (b"MZ", b"\x7fELF", b"%PDF", b"PK\x03\x04", b"\xca\xfe\xba\xbe", b"GIF8", b"Rar!", b"7z\xbc\xaf")

_decoding = BoundedSemaphore(2)
"""Two pictures at a time in one process: each may need a quarter of a gigabyte while it is read."""

Image.preinit()
pillow_heif.register_heif_opener(thumbnails=False)


class ImageRefused(ValueError):
    """Why a file is not taken.

    `code` is one of: too_large, not_image, kind, animated, too_many_pixels, suspicious, broken.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Picture:
    """Two JPEG files of one picture, upright, in sRGB, without any metadata."""

    full: bytes
    thumb: bytes
    width: int
    height: int


def read_picture(data: bytes) -> Picture:
    """The picture in a file that somebody sent. Raises ImageRefused."""
    if len(data) > FILE_LIMIT:
        raise ImageRefused("too_large")
    check_shape(data)
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # the library that makes PDFs turns it on for the whole process
    with _decoding, _refusing():
        image = _open(data)
        upright = _upright(image)
        full = _fit(upright, LONGEST)
        small = _fit(full, THUMB)
        return Picture(_jpeg(full, 84), _jpeg(small, 80), *full.size)


def check_shape(data: bytes) -> None:
    """Raises ImageRefused for files that are, also or only, a program, a page or an archive."""
    if data[:4] == b"GIF8":
        raise ImageRefused("kind")
    if data.startswith(PROGRAMS) or SHAPES.search(data) or b"%PDF-" in data[:1024]:
        raise ImageRefused("suspicious")
    if zipfile.is_zipfile(io.BytesIO(data)):
        raise ImageRefused("suspicious")


@contextmanager
def _refusing() -> Iterator[None]:
    """Whatever a decoder says about a file becomes one refusal: the file is broken."""
    try:
        yield
    except ImageRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ImageRefused("too_many_pixels") from None
    except UnidentifiedImageError:
        raise ImageRefused("not_image") from None
    except Exception as error:
        raise ImageRefused("broken") from error


def _open(data: bytes) -> Image.Image:
    """The picture, its header read and judged before any pixel."""
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    width, height = image.size
    reducible = image.format in ("JPEG", "MPO")
    if width * height > (PIXELS if reducible else PIXELS_WHOLE):
        raise ImageRefused("too_many_pixels")
    if image.format in ANIMATED and getattr(image, "is_animated", False):
        raise ImageRefused("animated")
    if reducible:
        image.draft("RGB", (LONGEST, LONGEST))
    image.load()
    return image


def _upright(image: Image.Image) -> Image.Image:
    """Turned as its camera says, on white where it was transparent, in the colours every screen knows."""
    profile = image.info.get("icc_profile")
    turned = ImageOps.exif_transpose(image)
    if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
        layer = turned.convert("RGBA")
        turned = Image.new("RGB", layer.size, "white")
        turned.paste(layer, mask=layer.getchannel("A"))
    elif turned.mode.startswith("I;16"):
        turned = turned.point(lambda value: value / 256).convert("L").convert("RGB")
    plain = turned.convert("RGB")
    return _to_srgb(plain, profile) if profile and image.mode == "RGB" else plain


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The same colours in sRGB; an unreadable profile is passed over."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return made or image


def _fit(image: Image.Image, longest: int) -> Image.Image:
    """At most so many pixels on the longer side, in a new image that holds pixels and nothing else."""
    scale = min(1.0, longest / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    sized = image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)
    return Image.frombytes("RGB", sized.size, sized.tobytes())


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
