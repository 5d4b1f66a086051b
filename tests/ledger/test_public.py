"""The public ledger: every comment with its state, answer and outcome; nothing that is not public."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from mobility.answers.models import Answer, Case
from mobility.consultation.models import Comment
from mobility.ledger.models import MeasureOutcome
from mobility.offices.models import Office
from mobility.plans.models import Measure, Plan
from mobility.text import pick
from tests.conftest import QueryCount
from tests.consultation.browser import Browser

ANSWERS = "/plans/palermo-centro/answers"
DAY = timedelta(days=1)


@pytest.fixture
def reader(visit: Callable[..., Browser]) -> Browser:
    return visit(None)


def test_a_comment_with_its_answer_and_outcome(
    reader: Browser,
    measure: Measure,
    office: Office,
    say: Callable[..., Comment],
    answer: Callable[..., Answer],
    decide: Callable[..., list[MeasureOutcome]],
) -> None:
    answer(
        say(text="The pavement is narrow.", measure_id=measure.id), text="We widen it to <b>two</b> metres."
    )
    decide("changed", code="P1", version=1)
    page = reader.get(ANSWERS).text
    assert "The pavement is narrow." in page
    assert "We widen it to &lt;b&gt;two&lt;/b&gt; metres." in page
    assert str(pick(office.name, "en")) in page
    assert "Measure P1: <strong>Changed</strong>" in page
    assert "Because of what you said about P1." in page
    assert "/measures/P1/versions/1" in page
    assert "1 of 1 comment that needs an answer has one." in page


def test_each_state_is_said_in_words(
    session: Session, reader: Browser, say: Callable[..., Comment], case: Callable[..., Case]
) -> None:
    old = datetime.now(UTC) - 50 * DAY
    say(text="Nobody has me yet.")
    case(say(text="I am with an office."))
    case(say(text="I waited too long.", created_at=old), days=10)
    case(say(text="Thanks all."), state="closed", closing="no_answer_needed")
    page = reader.get(ANSWERS).text
    assert "The city decides which office answers." in page
    assert "An answer is due by" in page
    assert "It is late." in page
    assert "Closed without an answer: it needs no answer." in page
    late = reader.get(f"{ANSWERS}?status=overdue").text
    assert "I waited too long." in late
    assert "I am with an office." not in late


def test_hidden_and_withdrawn_comments_stand_without_their_words(
    reader: Browser, say: Callable[..., Comment]
) -> None:
    say(text="Secret insult zebra", status="hidden", hidden_reason="abuse")
    say(text="Taken back zebra", status="withdrawn")
    say(text="Not yet read zebra", status="pending")
    page = reader.get(ANSWERS).text
    assert "zebra" not in page
    assert "it was hidden because it broke the rules" in page
    assert "its author has withdrawn it" in page
    assert "No comment fits" in reader.get(f"{ANSWERS}?q=zebra").text


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("measure=P1", {"about P1"}),
        ("topic=cycling", {"about cycling"}),
        ("status=answered", {"about P1"}),
        ("status=received", {"about cycling"}),
        ("office=none", {"about cycling"}),
        ("q=cycling", {"about cycling"}),
        ("status=nonsense&measure=%00", {"about P1", "about cycling"}),
        ("office=no-such-office", set()),
    ],
)
def test_filters(
    reader: Browser,
    measure: Measure,
    say: Callable[..., Comment],
    answer: Callable[..., Answer],
    query: str,
    finds: set[str],
) -> None:
    answer(say(text="about P1", measure_id=measure.id))
    say(text="about cycling", topic="cycling")
    page = reader.get(f"{ANSWERS}?{query}").text
    for words in ("about P1", "about cycling"):
        assert (f">{words}<" in page) == (words in finds)


def test_pages_hold_twenty_and_lead_to_the_older(reader: Browser, say: Callable[..., Comment]) -> None:
    for number in range(23):
        say(text=f"Line {number:02d}.")
    first = reader.get(ANSWERS).text
    assert "Line 22." in first
    assert "Line 02." not in first
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = reader.get(older).text
    assert "Line 02." in second
    assert "Line 03." not in second


def test_queries_do_not_grow_with_the_list(
    reader: Browser, say: Callable[..., Comment], answer: Callable[..., Answer], count_queries: QueryCount
) -> None:
    answer(say())
    reader.get(ANSWERS)
    with count_queries as seen:
        reader.get(ANSWERS)
    few = len(seen)
    for _number in range(12):
        answer(say())
    seen.statements.clear()
    with count_queries as seen:
        reader.get(ANSWERS)
    assert len(seen) == few


def test_measures_with_numbers_and_outcomes(
    reader: Browser,
    measure: Measure,
    say: Callable[..., Comment],
    answer: Callable[..., Answer],
    decide: Callable[..., list[MeasureOutcome]],
) -> None:
    answer(say(measure_id=measure.id))
    decide("dropped", code="P1")
    page = reader.get(f"{ANSWERS}/measures").text
    assert "Dropped" in page
    assert "1 answered (100 %)" in page
    assert "Not decided yet." in page
    card = reader.get("/plans/palermo-centro/measures/P1").text
    assert "Measure P1: <strong>Dropped</strong>" in card


def test_the_page_of_a_comment_says_where_it_stands(
    reader: Browser, plan: Plan, say: Callable[..., Comment], case: Callable[..., Case]
) -> None:
    comment = say()
    case(comment)
    page = reader.get(f"/plans/{plan.slug}/comments/{comment.id}").text
    assert "With the office" in page
    assert "An answer is due by" in page


def test_the_plan_leads_to_its_ledger(reader: Browser) -> None:
    assert f'href="{ANSWERS}"' in reader.get("/plans/palermo-centro").text
    panel: Any = reader.get(ANSWERS, **{"X-Fragment": "panel"})
    assert "<html" not in panel.text
