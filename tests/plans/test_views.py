"""Finding streets, measures and places; where a position is, in words; the plan's pages."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mobility.plans.models import Plan, Segment
from tests.consultation.browser import PLAN, Browser


@pytest.fixture
def resident(client: Any) -> Browser:
    return Browser(client)


def found(browser: Browser, words: str) -> list[dict[str, Any]]:
    headers = {"Accept": "application/json", "Accept-Language": "en"}
    answer = browser.client.get(f"{PLAN}/search", query_string={"q": words}, headers=headers)
    assert answer.status_code == 200
    return answer.get_json()["results"]


@pytest.mark.parametrize("words", ["maqueda", "MAQUEDA", "màquédà", "  via   maqueda "])
def test_accents_and_capitals_do_not_matter(resident: Browser, words: str) -> None:
    rows = found(resident, words)
    assert {row["kind"] for row in rows} >= {"segment"}
    assert any(row["label"] == "Via Maqueda" for row in rows if row["kind"] == "segment")
    assert all(row["segment"] in row["url"] for row in rows if row["kind"] == "segment")


def test_a_measure_by_its_code(resident: Browser) -> None:
    rows = [row for row in found(resident, "P1") if row["kind"] == "measure"]
    assert rows[0]["label"].startswith("P1 · ")
    assert rows[0]["url"] == f"{PLAN}/measures/P1"


def test_a_place_leads_to_a_comment_there(resident: Browser) -> None:
    rows = [row for row in found(resident, "San Cataldo") if row["kind"] == "place"]
    assert rows
    assert rows[0]["url"].startswith(f"{PLAN}/comments/new?place=")
    page = resident.get(rows[0]["url"])
    assert page.status_code == 200
    assert f'value="{rows[0]["url"].split("=")[1]}" selected' in page.text


@pytest.mark.parametrize("words", ["%", "_", "\\", "100%", "a_b"])
def test_signs_of_patterns_mean_themselves(resident: Browser, words: str) -> None:
    assert found(resident, words) == []


@pytest.mark.parametrize("words", ["{{7*7}}", "<script>alert(1)</script>", "' OR '1'='1", "\x00", "x" * 3000])
def test_search_words_are_only_words(resident: Browser, words: str) -> None:
    page = resident.client.get(f"{PLAN}/search", query_string={"q": words}, headers=resident.headers)
    assert page.status_code == 200
    assert "alert(1)</script>" not in page.text
    assert 'value="49"' not in page.text


def test_without_words_everything_in_pages(resident: Browser) -> None:
    first = resident.get(f"{PLAN}/search")
    assert "Page 1 of" in first.text
    assert resident.get(f"{PLAN}/search?page=2").status_code == 200
    assert resident.get(f"{PLAN}/search?page=99999999").status_code == 200
    assert resident.get(f"{PLAN}/search?page=-4").status_code == 200


def test_nothing_found_says_what_to_do(resident: Browser) -> None:
    page = resident.get(f"{PLAN}/search?q=zzzzzz")
    assert "Nothing found" in page.text
    assert "Show everything" in page.text


def where(browser: Browser, lon: object, lat: object, language: str = "en") -> Any:
    headers = {"Accept": "application/json", "Accept-Language": language}
    return browser.client.get(f"{PLAN}/place?lon={lon}&lat={lat}", headers=headers)


def test_a_position_on_a_street_in_words(resident: Browser) -> None:
    answer = where(resident, 13.3612, 38.1157).get_json()
    assert answer["inside"] is True
    assert answer["words"].startswith("Corso Vittorio Emanuele, between")
    assert answer["words"].endswith(f"on measure {answer['measure']}")
    assert answer["segment"].startswith(f"{answer['measure']}-")
    assert answer["distance_m"] <= 30
    assert abs(answer["snapped"]["lon"] - 13.3612) < 0.001


def test_the_same_position_in_italian(client: Any) -> None:
    answer = where(Browser(client, "it"), 13.3612, 38.1157, "it").get_json()
    assert answer["words"].startswith("Corso Vittorio Emanuele, tra")


def test_a_position_outside_the_plan(resident: Browser) -> None:
    answer = where(resident, 12.5, 41.9).get_json()
    assert answer["inside"] is False
    assert answer["segment"] is None
    assert answer["words"] == "This place lies outside the area of the plan."


@pytest.mark.parametrize(
    ("lon", "lat"), [("NaN", 38), ("x", "y"), ("", ""), (200, 38), ("1e400", 3), ("%00", 1), ("{{7*7}}", 1)]
)
def test_positions_that_cannot_be_read(resident: Browser, lon: object, lat: object) -> None:
    answer = where(resident, lon, lat)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


def test_off_the_measures_the_quarter_and_a_landmark_are_named(resident: Browser, session: Session) -> None:
    session.execute(update(Segment).values(retired_at="2026-01-01"))
    session.commit()
    answer = where(resident, 13.3612, 38.1157).get_json()
    assert answer["segment"] is None
    assert "near " in answer["words"]
    assert "quarter" in answer["words"]


def test_a_retired_stretch_takes_no_votes_but_keeps_its_page(resident: Browser, session: Session) -> None:
    session.execute(update(Segment).where(Segment.code == "P1-03").values(retired_at="2026-01-01"))
    session.commit()
    page = resident.get(f"{PLAN}/segments/P1-03")
    assert page.status_code == 200
    assert "This is no longer part of the plan." in page.text
    assert "P1-03" not in resident.get(f"{PLAN}/measures/P1").text


@pytest.mark.parametrize("path", ["", "/search", "/place?lon=1&lat=1", "/heritage", "/results", "/comments"])
def test_plans_that_do_not_exist(resident: Browser, path: str) -> None:
    assert resident.get(f"/plans/atlantis{path}").status_code == 404
    assert resident.get(f"/plans/%00{path}").status_code == 404


def test_a_draft_is_not_public(resident: Browser, session: Session) -> None:
    session.execute(update(Plan).values(status="draft"))
    session.commit()
    assert resident.get(PLAN).status_code == 404
    assert resident.get(f"{PLAN}/search").status_code == 404


def test_the_card_says_everything_about_a_stretch(resident: Browser, session: Session) -> None:
    page = resident.get(f"{PLAN}/segments/P1-03").text
    segment = session.scalars(select(Segment).where(Segment.code == "P1-03")).one()
    assert f"Via Maqueda, {segment.span['en']}" in page
    for words in ("Before", "After", "When", "Vehicles", "Office", "Sources", "Accuracy", "Strongly support"):
        assert words in page, words
    assert "This stretch runs from north-west to south-east." in page


def test_heritage_names_each_part_and_what_touches_it(resident: Browser) -> None:
    page = resident.get(f"{PLAN}/heritage").text
    assert "San Cataldo" in page
    assert "illustrative outline, not official" in page
    assert "no legal effect" in page
    assert f'href="{PLAN}/measures/' in page


@pytest.mark.parametrize(
    "path", ["", "/comments", "/results", "/heritage", "/segments/P1-03", "/comments/new"]
)
def test_no_inline_script_style_or_handler(resident: Browser, path: str) -> None:
    page = resident.get(PLAN + path).text
    assert " style=" not in page
    assert " onclick=" not in page
    assert page.count("<script") == page.count('<script type="module" src=')
