"""What the public figures mean, by worked examples, and that they are honest about small numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from mobility.answers.models import Answer, Case
from mobility.consultation.models import Comment
from mobility.ledger.figures import FEW, Counts, figures, middle, percent
from mobility.ledger.queries import counts_by_measure, read_counts
from mobility.ledger.wording import rate_text, time_text, waiting_text
from mobility.plans.models import Plan

DAY = timedelta(days=1)


def test_a_worked_example() -> None:
    """Twelve comments: seven answered, one of them late; three wait, one overdue; two are closed."""
    found = figures(
        Counts(
            answered=7,
            waiting=3,
            closed=2,
            overdue=1,
            late=1,
            median=timedelta(days=8, hours=4),
            oldest=40 * DAY,
        )
    )
    assert found.received == 12
    assert found.rate == 70
    assert found.in_time == 86
    assert found.median_days == 9
    assert found.oldest_days == 40


def test_too_few_answers_give_no_median() -> None:
    found = figures(Counts(answered=FEW - 1, waiting=1, median=2 * DAY, oldest=DAY))
    assert found.median_days is None
    assert found.in_time is None
    assert found.rate == 80
    assert time_text(found) == "There are too few answers to say how fast they come."


def test_nothing_received_says_nothing() -> None:
    found = figures(Counts())
    assert found.rate is None
    assert rate_text(found) == "No comment needs an answer yet."
    assert time_text(found) == waiting_text(found) == ""


@given(st.integers(1, 10**6), st.data())
def test_all_and_none_are_never_rounded_to(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    found = percent(part, whole)
    assert found is not None
    assert (found == 100) == (part == whole)
    assert (found == 0) == (part == 0)
    assert abs(found - 100 * part / whole) <= 1


def test_sentences_say_of_how_many() -> None:
    found = figures(Counts(answered=5, waiting=2, overdue=1, median=30 * timedelta(hours=1), oldest=3 * DAY))
    assert rate_text(found) == "5 of 7 comments that need an answer have one (71 %)."
    assert time_text(found) == "Half of the answers came within 2 days."
    assert waiting_text(found) == "2 comments still wait; the oldest for 3 days. 1 is past its day."


def test_the_database_counts_the_same(
    session: Session,
    plan: Plan,
    say: Callable[..., Comment],
    case: Callable[..., Case],
    answer: Callable[..., Answer],
) -> None:
    now = datetime.now(UTC)
    began = now - 60 * DAY
    days = [1.0, 2.0, 4.5, 9.0, 12.0, 25.0]
    for each in days:
        comment = say(created_at=began)
        case(comment, days=10)
        answer(comment, after=each)
    case(say(created_at=began), days=10)
    say(created_at=now - DAY)
    case(say(created_at=began), state="closed", closing="no_answer_needed")
    say(created_at=began, status="withdrawn")
    say(created_at=began, status="pending")
    reopened = say(created_at=began)
    answer(reopened)
    kept = session.get_one(Case, reopened.id)
    kept.state, kept.answer_id, kept.reopened_at = "in_progress", None, now
    session.flush()
    counts = read_counts(session, plan_id=plan.id, now=now)
    assert counts.answered == 6
    assert counts.waiting == 3
    assert counts.closed == 2
    assert counts.late == 2
    assert counts.overdue == 2
    assert counts.median == middle([each * DAY for each in days]) == 6.75 * DAY
    assert counts.oldest == 60 * DAY


def test_by_measure_counts_each_measure(
    session: Session, plan: Plan, measure: object, say: Callable[..., Comment], answer: Callable[..., Answer]
) -> None:
    answer(say(measure_id=measure.id, stance="against"))  # type: ignore[attr-defined]
    say(measure_id=measure.id, stance="idea")  # type: ignore[attr-defined]
    say()
    (counts, said) = counts_by_measure(session, plan_id=plan.id, now=datetime.now(UTC))[measure.id]  # type: ignore[attr-defined]
    assert (counts.answered, counts.waiting) == (1, 1)
    assert (said.n_against, said.n_idea, said.n_for) == (1, 1, 0)


def test_the_middle_of_nothing_is_nothing() -> None:
    assert middle([]) is None
    assert middle([3 * DAY, DAY]) == 2 * DAY
