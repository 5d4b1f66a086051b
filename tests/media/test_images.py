"""What becomes of a sent file: a new picture of its pixels, or a refusal."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from PIL import Image

from mobility.media import images
from mobility.media.images import ImageRefused, read_picture
from tests.media import pictures


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def near(pixel: tuple[int, ...], wanted: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 40 for one, other in zip(pixel, wanted, strict=True))


@pytest.mark.parametrize(
    "data",
    [
        pictures.telling_jpeg(),
        pictures.telling_png(),
        pictures.heic(),
        pictures.saved(pictures.scene(), "WEBP"),
    ],
    ids=["jpeg", "png", "heic", "webp"],
)
def test_nothing_but_pixels_is_kept(data: bytes) -> None:
    made = read_picture(data)
    for each in (made.full, made.thumb):
        image = opened(each)
        assert image.format == "JPEG"
        assert set(image.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }
        assert not image.getexif()
        for trace in (b"Exif", b"GPS", b"Telephone", pictures.SECRET.encode(), b"ICC_PROFILE", b"http"):
            assert trace not in each
        assert b"\xff\xfe" not in each[: each.index(b"\xff\xda")], "a comment block"
    assert (made.width, made.height) == (800, 600)
    assert near(opened(made.full).getpixel((10, 10)), (240, 220, 40))
    assert near(opened(made.full).getpixel((700, 300)), (30, 30, 200))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_upright_before_their_orientation_is_forgotten(orientation: int) -> None:
    turned = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    scene = pictures.scene()
    stored = scene if turned is None else scene.transpose(Image.Transpose(turned))
    data = pictures.saved(stored, "JPEG", exif=pictures.exif(orientation), quality=95)
    made = read_picture(data)
    assert (made.width, made.height) == (800, 600)
    assert near(opened(made.full).getpixel((10, 10)), (240, 220, 40))


def test_large_pictures_become_smaller_and_small_ones_stay() -> None:
    large = read_picture(pictures.saved(pictures.scene(5000, 2500), "JPEG"))
    assert (large.width, large.height) == (2048, 1024)
    assert max(opened(large.thumb).size) == images.THUMB
    small = read_picture(pictures.saved(pictures.scene(90, 60), "PNG"))
    assert (small.width, small.height) == (90, 60)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "CMYK", "I;16"])
def test_every_way_of_holding_colours_is_read(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    image = pictures.scene(64, 48) if mode == "I;16" else pictures.scene(64, 48, mode)
    if mode == "I;16":
        image = (
            pictures.scene(64, 48).convert("L").convert("I").point(lambda value: value * 256).convert("I;16")
        )
    made = opened(read_picture(pictures.saved(image, form)).full)
    assert made.mode == "RGB"
    assert sum(made.getpixel((5, 4))) > sum(made.getpixel((60, 40)))


def test_what_was_transparent_is_white() -> None:
    clear = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    assert near(opened(read_picture(pictures.saved(clear, "PNG")).full).getpixel((10, 10)), (255, 255, 255))


def test_a_film_behind_a_photo_is_left_behind() -> None:
    made = read_picture(pictures.motion_photo())
    assert b"ftypmp42" not in made.full


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_image"),
        (b"only text", "not_image"),
        (b"\xff\xd8\xff\xe0", "not_image"),
        (pictures.saved(pictures.scene(), "BMP"), "not_image"),
        (pictures.saved(pictures.scene(), "TIFF"), "not_image"),
        (pictures.animated("GIF"), "kind"),
        (pictures.animated("PNG"), "animated"),
        (pictures.animated("WEBP"), "animated"),
        (pictures.bomb(), "too_many_pixels"),
        (pictures.bomb(8000), "too_many_pixels"),
        (pictures.archive_at_the_end(), "suspicious"),
        (pictures.page_in_a_comment(), "suspicious"),
        (pictures.program_in_a_comment(), "suspicious"),
        (b"MZ\x90\x00" + pictures.telling_jpeg(), "suspicious"),
        (b"%PDF-1.7 " + pictures.telling_jpeg(), "suspicious"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "suspicious"),
        (
            pictures.telling_jpeg()
            + b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
            "suspicious",
        ),
        (pictures.telling_jpeg()[:9000], "broken"),
        (pictures.telling_png()[:-900], "broken"),
        (b"\0" * (images.FILE_LIMIT + 1), "too_large"),
    ],
)
def test_hostile_and_broken_files_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(ImageRefused) as refused:
        read_picture(data)
    assert refused.value.code == code


def test_any_damage_ends_in_a_picture_or_a_refusal() -> None:
    whole = bytearray(pictures.telling_jpeg(size=(120, 90)))
    for at in range(0, len(whole), 37):
        with suppress(ImageRefused):
            assert read_picture(bytes(whole[:at]) + b"\x00\xff\x7f" + bytes(whole[at + 3 :])).width > 0
