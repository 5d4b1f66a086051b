"""People with an account: delegates vote for their group; the planner reads, decides, takes files along."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import choose_position, count_votes, open_map, send_comment_from_list, sign_in


def test_delegate_votes_for_the_group(visit: Visit, town: Town) -> None:
    page, reason = visit("desktop"), "Our members cross here every day with children in the saddle."
    address = f"{PLAN}/segments/{town.quiet_segment}"
    sign_in(page, town, town.delegate, then=address)
    before = count_votes(page)
    page.locator("label.choice").filter(has_text=town.group).click()
    choose_position(page, "Strongly support").click()
    page.get_by_label("Reason of the group").fill(reason)
    page.get_by_role("button", name="Send my vote").click()
    expect(page.locator("#result")).to_contain_text(f"{town.group}: Strongly support")
    assert count_votes(page) == before, "a group's vote is not added to the votes of people"

    reader = visit("phone")
    reader.goto(address)
    row = reader.locator("#result .row").filter(has_text=town.group)
    expect(row).to_contain_text("Strongly support")
    expect(row).to_contain_text(reason)

    page.goto("/account")
    expect(page.locator("main")).to_contain_text(reason)


def test_delegate_has_no_desk(visit: Visit, town: Town, traps: object) -> None:
    page = visit("desktop")
    sign_in(page, town, town.delegate)
    assert page.request.get(f"{PLAN}/desk").status == 403
    expect(page.get_by_role("link", name="Desk")).to_have_count(0)


def test_planner_reads_results_and_feedback(visit: Visit, town: Town) -> None:
    page = visit("desktop")
    sign_in(page, town, town.planner, then=f"{PLAN}/desk")
    desk = page.get_by_role("navigation", name="Pages of the desk")
    desk.get_by_role("link", name="Results").click()
    expect(page.locator("table.tally tbody tr").first).to_be_visible()
    expect(page.locator("table.tally")).to_contain_text(re.compile(r"n = \d"))

    desk.get_by_role("link", name=re.compile("map", re.IGNORECASE)).click()
    expect(
        page.locator("[data-map].is-ready path.map-hexagon, [data-map].is-ready path.hexagon").first
    ).to_be_attached()
    expect(page.locator("table.hexagons tbody tr").first).to_be_visible()
    page.get_by_text("Filter the comments", exact=True).click()
    page.get_by_label("Stance").select_option("against")
    page.get_by_role("button", name=re.compile("^(Show|Filter)$")).click()
    page.wait_for_url(re.compile("stance=against"))
    cells = page.locator("table.hexagons tbody tr").first.locator("td.number")
    assert cells.nth(0).inner_text() == cells.nth(2).inner_text()


def hide(page: Page, town: Town, words: str, note: str) -> None:
    """The planner finds the comment by its words and hides it with a reason."""
    sign_in(page, town, town.planner, then=f"{PLAN}/desk/comments")
    page.goto(f"{PLAN}/desk/comments?state=all&q={words.split(maxsplit=1)[0]}")
    card = page.locator("article.comment").filter(has_text=words)
    card.get_by_role("link", name=re.compile("^Hide")).click()
    page.locator("label.choice--off_topic").click()
    page.get_by_label("Note to the author").fill(note)
    page.get_by_role("button", name="Hide the comment").click()
    expect(page.locator("main")).to_contain_text("The comment is hidden.")


def test_hidden_comment_says_why(visit: Visit, town: Town) -> None:
    words, note = "Zucchini are cheaper at the other market.", "Please write about the street itself."
    author = visit("phone")
    code = send_comment_from_list(author, words, place=f"segment:{town.segment}")
    hide(visit("desktop"), town, words, note)

    author.goto(f"/receipts/{code}")
    expect(author.locator("main")).to_contain_text("it is not about this plan")
    expect(author.locator("main")).to_contain_text(note)
    reader = visit("desktop")
    reader.goto(f"{PLAN}/comments?q=Zucchini")
    expect(reader.get_by_text(words)).to_have_count(0)
    exported = reader.request.get(f"{PLAN}/exports/comments.geojson?q=Zucchini")
    assert words not in exported.text()


def test_planner_takes_the_comments_along(visit: Visit, town: Town, tmp_path: Path) -> None:
    page = visit("desktop")
    sign_in(page, town, town.planner, then=f"{PLAN}/desk/comments")
    with page.expect_download() as waiting:
        page.locator("a[download]").filter(has_text="Comments").click()
    assert waiting.value.suggested_filename.endswith(".geojson")
    waiting.value.save_as(tmp_path / "comments.geojson")
    content = json.loads((tmp_path / "comments.geojson").read_text("utf-8"))
    assert content["type"] == "FeatureCollection"
    assert len(content["features"]) >= 400
    assert {feature["geometry"]["type"] for feature in content["features"]} == {"Point"}
    assert not re.search(r"@demo\.example|receipt|participant", json.dumps(content))


def test_sign_out(visit: Visit, town: Town) -> None:
    page = visit("desktop")
    sign_in(page, town, town.planner, then="/help")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    open_map(page)
    assert page.request.get(f"{PLAN}/desk", max_redirects=0).status in (302, 303, 401, 403)
