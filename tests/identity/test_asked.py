"""A step that asks for more than the reader has: what is missing, how to get it; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.models import ANONYMOUS, EMAIL, INVITATION, VERIFIED
from mobility.consultation.models import Vote
from tests.conftest import QueryCount
from tests.consultation.browser import PLAN, Browser, form_in
from tests.identity.test_links import ADDRESS, ask, confirm

CARD = f"{PLAN}/segments/P1-03"
AskFor = Callable[..., None]


def test_a_vote_waits_while_its_author_confirms_an_address(
    resident: Browser, ask_for: AskFor, read_link: Callable[[str], str], session: Session
) -> None:
    ask_for(vote_level=EMAIL)
    page = resident.get(CARD).text
    assert "To vote, confirm your e-mail address" in page
    answer = resident.send(form_in(page, "/vote"), position="2", condition="it is quiet")
    assert answer.status_code == 409
    assert "not counted yet; your choice is kept" in answer.text
    assert session.scalars(select(Vote)).all() == []
    assert f"/identity/email?next={CARD}%23vote" in answer.text

    ask(resident, query=f"?next={CARD}%23vote")
    back = confirm(resident, read_link(ADDRESS)).headers["Location"]
    assert back == f"{CARD}#vote"
    page = resident.get(CARD).text
    assert "Press the button to send it" in page
    form = form_in(page, "/vote")
    assert (form.fields["position"], form.fields["condition"]) == ("2", "it is quiet")
    assert "Your vote is counted." in resident.send(form).text
    row = session.execute(select(Vote.position, Vote.condition, Vote.identity_level)).one()
    assert tuple(row) == (2, "it is quiet", EMAIL)
    assert "Press the button to send it" not in resident.get(CARD).text


def test_a_choice_is_kept_for_its_own_street_only(resident: Browser, ask_for: AskFor) -> None:
    ask_for(vote_level=EMAIL)
    resident.send(form_in(resident.get(CARD).text, "/vote"), position="2")
    other = form_in(resident.get(f"{PLAN}/segments/P1-01").text, "/vote")
    assert "position" not in other.fields


@pytest.mark.parametrize(
    ("level", "words", "ways"),
    [
        (EMAIL, "confirm your e-mail address", ["/identity/email?", "/invitation?"]),
        (INVITATION, "you need an invitation", ["/invitation?"]),
        (VERIFIED, "not possible on this site yet", []),
    ],
)
def test_the_ways_that_lead_far_enough(
    resident: Browser, ask_for: AskFor, level: int, words: str, ways: list[str]
) -> None:
    ask_for(vote_level=level, comment_level=level)
    for path in (CARD, f"{PLAN}/comments/new?segment=P1-03"):
        page = resident.get(path).text.split("data-level-needed")[1].split("</section>")[0]
        assert words in page
        assert [
            way for way in ("/identity/email?", "/invitation?", "/identity/verify?") if way in page
        ] == ways


def test_a_comment_comes_back_to_its_place(resident: Browser, ask_for: AskFor) -> None:
    ask_for(comment_level=EMAIL)
    page = resident.get(f"{PLAN}/comments/new?segment=P1-03").text
    assert "To comment, confirm your e-mail address" in page
    assert f"/identity/email?next={PLAN}/comments/new?segment%3DP1-03" in page
    assert "/comments/new" in resident.get(CARD).text


def test_a_comment_typed_before_the_level_rose_is_shown(resident: Browser, ask_for: AskFor) -> None:
    form = form_in(resident.get(f"{PLAN}/comments/new").text, "/comments/new")
    ask_for(comment_level=EMAIL)
    answer = resident.send(form, place="segment:P1-03", text="More shade.", stance="for", topic="walking")
    assert answer.status_code == 409
    assert "More shade." in answer.text
    assert "To comment, confirm your e-mail address" in answer.text


def test_the_level_stands_on_every_page(resident: Browser) -> None:
    for path in ("/", PLAN, CARD, f"{PLAN}/comments/new", "/help", "/identity"):
        page = resident.get(path).text
        assert "chip--level-0" in page, path
        assert "Without sign-in" in page


def test_the_page_of_the_steps_says_what_each_phase_asks(resident: Browser, ask_for: AskFor) -> None:
    ask_for(vote_level=VERIFIED, comment_level=ANONYMOUS)
    page = resident.get("/identity").text
    assert "To vote: a verified identity" in page
    assert "To comment: open to everybody" in page
    assert page.count("You are on this step") == 1


def test_the_steps_ask_the_database_little(resident: Browser, count_queries: QueryCount) -> None:
    resident.vote("P1-03", 1)
    with count_queries as seen:
        resident.get("/identity")
    assert len(seen) <= 6
