"""Writing with photos, a drawing and a second look, on phones and desks, with and without scripts."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import describe_comment, open_map, preview_comment, read_receipt, send_comment_from_list
from tests.media import pictures

NEW = f"{PLAN}/comments/new"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo that knows where it was taken, and lies on its side."""
    path = tmp_path / "IMG_0001.JPG"
    path.write_bytes(pictures.telling_jpeg(orientation=6, size=(1600, 1200)))
    assert b"Exif" in path.read_bytes()
    return path


def check_served(page: Page) -> None:
    """The photo of the shown comment is a new JPEG: upright, without place or notes."""
    address = page.locator(".photos__link").first.get_attribute("href") or ""
    answer = page.request.get(address)
    assert answer.headers["content-type"] == "image/jpeg"
    data = answer.body()
    for trace in (b"Exif", b"GPS", b"Telephone", pictures.SECRET.encode()):
        assert trace not in data
    image = Image.open(io.BytesIO(data))
    assert image.size[1] > image.size[0], "it was turned before its orientation was forgotten"


def open_part(page: Page, name: str) -> None:
    page.locator("summary.add__title").filter(has_text=name).click()


@pytest.mark.parametrize("where", ["phone", "desktop"])
def test_a_photo_by_script(where: str, visit: Visit, photo: Path, town: Town) -> None:
    page, words = visit(where), f"There is a step at the door of the chemist, seen on a {where}."
    page.goto(f"{NEW}?segment={town.quiet_segment}")
    open_part(page, "Photos")
    other = photo.with_name("IMG_0002.JPG")
    other.write_bytes(pictures.telling_jpeg(orientation=1, size=(800, 900)))
    page.locator("#photo-files").set_input_files([photo, other, photo])
    lines = page.locator("[data-photo]:not([data-photo=''])")
    expect(lines).to_have_count(2)
    lines.nth(1).get_by_role("button", name="Remove this photo").click()
    expect(lines).to_have_count(1)
    page.get_by_label("What does the photo show?").fill("A high step in front of a door")
    describe_comment(page, words)
    preview_comment(page, words)
    expect(page.get_by_role("img", name="A high step in front of a door")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    read_receipt(page)
    page.get_by_role("link", name="See it on the map").click()
    expect(page.get_by_role("img", name="A high step in front of a door")).to_be_visible()
    check_served(page)


def test_a_photo_that_is_refused(visit: Visit, tmp_path: Path, traps: Any) -> None:
    traps.allow(r"status of 422")
    path = tmp_path / "run.jpg"
    path.write_bytes(pictures.archive_at_the_end())
    page = visit("desktop")
    page.goto(NEW)
    open_part(page, "Photos")
    page.locator("#photo-files").set_input_files(path)
    expect(page.locator("[data-photo-problem]")).to_contain_text("more than a photo")
    expect(page.locator("[data-photo]")).to_have_count(0)


@pytest.mark.parametrize("where", ["phone", "desktop"])
def test_a_photo_without_scripts(where: str, visit: Visit, photo: Path, town: Town, traps: Any) -> None:
    traps.allow(r"status of 422")
    page, words = visit(where, javascript=False), f"Without scripts a step is as high on a {where}."
    page.goto(f"{NEW}?segment={town.quiet_segment}")
    open_part(page, "Photos")
    page.locator("#photo-files").set_input_files(photo)
    describe_comment(page, "")
    page.get_by_role("button", name="Look at it before sending").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("Write your comment")
    expect(page.locator("[data-photo]")).to_have_count(1)
    page.locator("textarea[name=text]").fill(words)
    preview_comment(page, words)
    page.get_by_label("What does photo 1 show?").fill("A step")
    page.get_by_role("button", name="Send").click()
    read_receipt(page)
    expect(page.get_by_role("img", name="A step")).to_be_visible()
    check_served(page)


def set_points(page: Page, where: str, count: int) -> None:
    """Taps or clicks a zigzag on the free part of the map."""
    for number in range(count):
        x, y = (
            (560 + 120 * number, 260 + 90 * (number % 2))
            if where == "desktop"
            else (90 + 80 * number, 130 + 60 * (number % 2))
        )
        if where == "desktop":
            page.mouse.click(x, y)
        else:
            page.touchscreen.tap(x, y)
        expect(page.locator("[data-draw-say]")).to_have_text(f"Points: {number + 1}")


@pytest.mark.parametrize("where", ["phone", "desktop"])
def test_a_line_is_drawn(where: str, visit: Visit) -> None:
    page, words = visit(where), f"A safe way for children along this line, drawn on a {where}."
    loaded: list[str] = []
    page.on("response", lambda answer: loaded.append(answer.url))
    open_map(page, NEW)
    before = len(loaded)
    open_part(page, "Draw a line or an area")
    page.get_by_role("button", name="Draw a line").click()
    expect(page.locator(".map.is-drawing")).to_be_visible()
    assert [url for url in loaded[before:] if "/static/dist/" in url], "the tools come only now"
    set_points(page, where, 3)
    page.get_by_role("button", name="Take back a point").click()
    expect(page.locator("[data-draw-say]")).to_have_text("Points: 2")
    page.get_by_role("button", name="Finish").click()
    kept = json.loads(page.locator("input[name=drawing]").input_value())
    assert (kept["type"], len(kept["coordinates"])) == ("LineString", 2)
    describe_comment(page, words)
    preview_comment(page, words)
    expect(page.locator(".comment__place")).to_contain_text("Line: ")
    page.get_by_role("button", name="Send").click()
    read_receipt(page)
    page.get_by_role("link", name="See it on the map").click()
    expect(page.locator("path.map-sketch")).to_have_count(1)
    page.get_by_role("link", name="All comments").first.click()
    expect(page.locator("path.map-sketch")).to_have_count(0)


def test_an_area_is_drawn_with_the_keyboard_and_removed(visit: Visit) -> None:
    page = visit("desktop")
    open_map(page, NEW)
    open_part(page, "Draw a line or an area")
    page.get_by_role("button", name="Draw an area").click()
    expect(page.locator(".map.is-drawing")).to_be_visible()
    page.locator("#map").focus()
    for number, key in enumerate(["ArrowRight", "ArrowDown", "ArrowLeft"]):
        page.keyboard.press("Enter")
        expect(page.locator("[data-draw-say]")).to_have_text(f"Points: {number + 1}")
        page.keyboard.press(f"Shift+{key}")
    page.get_by_role("button", name="Finish").click()
    assert json.loads(page.locator("input[name=drawing]").input_value())["type"] == "Polygon"
    page.get_by_role("button", name="Remove the drawing").click()
    expect(page.locator("input[name=drawing]")).to_have_value("")
    expect(page.locator("path.map-sketch")).to_have_count(0)


def test_hints_and_the_language(visit: Visit, town: Town) -> None:
    page, words = (
        visit("phone"),
        "Chiamate il signor Rossi al 347 1234567: la panchina manca da anni in Via Maqueda.",
    )
    page.goto(f"{NEW}?segment={town.quiet_segment}")
    describe_comment(page, words)
    preview_comment(page, words)
    expect(page.locator(".hints__words")).to_have_text(["signor Rossi", "347 1234567"])
    expect(page.get_by_label("Written in")).to_have_value("it")
    expect(page.locator(".comment__text")).to_have_attribute("lang", "it")
    page.get_by_role("button", name="Change it").click()
    changed = "La panchina manca da anni in Via Maqueda, e gli anziani non sanno dove sedersi."
    page.locator("textarea[name=text]").fill(changed)
    preview_comment(page, changed)
    expect(page.locator(".hints__words")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_add_your_voice_to_a_comment_that_says_it(javascript: bool, visit: Visit, town: Town) -> None:
    said = (
        f"Cargo bikes need a place to unload near the market, {'with' if javascript else 'without'} scripts."
    )
    send_comment_from_list(visit("desktop"), said, place=f"segment:{town.quiet_segment}")
    page = visit("phone", javascript=javascript)
    page.goto(f"{NEW}?segment={town.quiet_segment}")
    mine = said.replace("need a place", "must have a place")
    describe_comment(page, mine)
    page.get_by_role("button", name="Look at it before sending").click()
    similar = page.locator(".similar")
    expect(similar).to_contain_text(said)
    similar.locator(".comment").filter(has_text=said).get_by_role("button", name="Add your voice").click()
    expect(page.get_by_text(re.compile("Your agreement is counted")).first).to_be_visible()


def test_a_comment_is_edited_a_moment_later(visit: Visit, town: Town) -> None:
    page = visit("phone", javascript=False)
    send_comment_from_list(
        page, "The bus stop needs a roof agains rain.", place=f"segment:{town.quiet_segment}"
    )
    page.get_by_role("link", name="Edit the comment").click()
    page.locator("textarea[name=text]").fill("The bus stop needs a roof against rain.")
    page.get_by_role("button", name="Look at it before saving").click()
    expect(page.locator(".comment__text")).to_have_text("The bus stop needs a roof against rain.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your comment is changed.")).to_be_visible()


def test_the_whole_plan(visit: Visit) -> None:
    page, words = visit("desktop"), "Think of the hills as well."
    send_comment_from_list(page, words, place="plan:")
    page.get_by_role("link", name="See it on the map").click()
    expect(page.get_by_role("heading", name="The whole plan")).to_be_visible()


@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_going_back_from_the_preview_leads_to_the_form(screen: str, visit: Visit, town: Town) -> None:
    words = "the benches stay where they are"
    page, address = visit(screen), f"{PLAN}/comments/new?segment={town.quiet_segment}"
    page.goto(f"{PLAN}/segments/{town.quiet_segment}")
    page.goto(address)
    describe_comment(page, words, stance="Idea")
    preview_comment(page, words)
    page.go_back()
    expect(page.locator("textarea[name=text]")).to_have_value(words)
    expect(page.get_by_label("Topic")).to_have_value("cycling")
    assert page.url.endswith(address)
    page.go_back()
    expect(page).to_have_url(re.compile(f"/segments/{town.quiet_segment}$"))
