"""Which step is open, what it allows, days in the city's calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.consultation.phases import (
    Step,
    current,
    days_left,
    last_day,
    next_opening,
    refusal,
    results_visible,
)

ROME = ZoneInfo("Europe/Rome")
ACTIONS = ("inform", "comment", "vote", "answer")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


def step(opens: str, closes: str, *actions: str, **values: object) -> Step:
    return Step(1, opens, frozenset(actions), moment(opens), moment(closes), **values)  # type: ignore[arg-type]


INFORM = step("2026-09-01", "2026-10-15", "inform")
VOTE = step("2026-10-15", "2026-12-15", "comment", "vote", results="after_vote")
ANSWER = step("2027-01-10", "2027-03-01", "answer", results="always")
STEPS = [INFORM, VOTE, ANSWER]


@pytest.mark.parametrize(
    ("now", "slug"),
    [
        ("2026-08-31", None),
        ("2026-09-01", "2026-09-01"),
        ("2026-10-15", "2026-10-15"),
        ("2026-12-14", "2026-10-15"),
        ("2026-12-15", None),
        ("2027-02-28", "2027-01-10"),
    ],
)
def test_a_step_is_open_from_its_opening_until_before_its_closing(now: str, slug: str | None) -> None:
    here = current(STEPS, moment(now))
    assert (here.slug if here else None) == slug


@pytest.mark.parametrize(
    ("now", "action", "why", "opens"),
    [
        ("2026-09-10", "vote", "before", VOTE),
        ("2026-11-10", "vote", None, None),
        ("2026-12-20", "vote", "after", None),
        ("2026-12-20", "answer", "before", ANSWER),
        ("2026-11-10", "inform", "after", None),
        ("2026-11-10", "petition", "never", None),
    ],
)
def test_why_an_action_is_refused(now: str, action: str, why: str | None, opens: Step | None) -> None:
    found = refusal(STEPS, action, moment(now))
    assert (found.why if found else None) == why
    assert (found.next if found else None) == opens


def test_an_action_that_comes_back_says_when() -> None:
    again = step("2027-04-01", "2027-05-01", "vote")
    found = refusal([*STEPS, again], "vote", moment("2027-01-20"))
    assert found is not None
    assert (found.why, found.next) == ("between", again)


def test_the_identity_level_counts_only_when_the_step_is_open() -> None:
    strict = step("2026-10-15", "2026-12-15", "vote", vote_level=2)
    found = refusal([strict], "vote", moment("2026-11-01"), 1)
    assert found is not None
    assert (found.why, found.min_level) == ("level", 2)
    assert refusal([strict], "vote", moment("2026-11-01"), 2) is None
    assert refusal([strict], "vote", moment("2026-11-01")) is None


def test_a_step_that_closes_at_midnight_has_its_last_day_before() -> None:
    assert days_left(VOTE, moment("2026-12-14T23:59"), ROME) == 0
    assert days_left(VOTE, moment("2026-12-14T00:00"), ROME) == 0
    assert days_left(VOTE, moment("2026-12-13T23:59"), ROME) == 1
    assert last_day(VOTE, ROME).date().isoformat() == "2026-12-14"


@pytest.mark.parametrize(
    ("now", "days"),
    [("2026-10-24T12:00", 2), ("2026-10-25T01:30", 1), ("2026-10-25T23:30", 1), ("2026-10-26T00:30", 0)],
)
def test_a_change_of_clocks_is_one_day(now: str, days: int) -> None:
    closing = step("2026-10-01", "2026-10-27", "vote")
    assert days_left(closing, moment(now), ROME) == days


def test_the_day_is_the_city_s_not_utc_s() -> None:
    closing = step("2026-11-01", "2026-11-20", "vote")
    late = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
    assert days_left(closing, late, ROME) == 0
    assert days_left(closing, late, ZoneInfo("UTC")) == 1


@pytest.mark.parametrize(
    ("rule", "voted", "staff", "visible"),
    [
        ("always", False, False, True),
        ("after_vote", False, False, False),
        ("after_vote", True, False, True),
        ("after_phase", True, False, False),
        ("after_phase", False, True, True),
    ],
)
def test_results_while_the_step_runs(rule: str, voted: bool, staff: bool, visible: bool) -> None:
    here = step("2026-10-15", "2026-12-15", "vote", results=rule)
    assert results_visible([here], moment("2026-11-01"), voted=voted, staff=staff) is visible


def test_results_are_public_once_voting_has_closed() -> None:
    closed = step("2026-10-15", "2026-12-15", "vote", results="after_phase")
    later = step("2027-01-10", "2027-02-01", "answer", results="after_phase")
    assert results_visible([closed], moment("2026-12-15"), voted=False)
    assert results_visible([closed, later], moment("2027-01-11"), voted=False)
    assert not results_visible([closed], moment("2026-10-01"), voted=True)


NAIVE = datetime(2025, 1, 1)  # noqa: DTZ001 (the strategy adds the zone)
instants = st.datetimes(NAIVE, NAIVE + timedelta(days=1000), timezones=st.just(UTC))


@st.composite
def plans(draw: st.DrawFn) -> list[Step]:
    """Steps in order of time that do not overlap."""
    marks = sorted(draw(st.lists(instants, min_size=2, max_size=8, unique=True)))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    actions = st.frozensets(st.sampled_from(ACTIONS), min_size=1)
    return [Step(i, str(i), draw(actions), start, end) for i, (start, end) in enumerate(pairs)]


@given(plans(), instants, st.sampled_from(ACTIONS))
def test_an_action_is_open_or_has_a_reason(steps: list[Step], now: datetime, action: str) -> None:
    here, why = current(steps, now), refusal(steps, action, now)
    assert (why is None) == (here is not None and action in here.actions)
    if why and why.next:
        assert why.next.opens_at > now
        assert action in why.next.actions
        assert refusal(steps, action, why.next.opens_at) is None
        assert why.next == next_opening(steps, action, now)


@given(plans(), instants, st.sampled_from(["Europe/Rome", "America/St_Johns", "Pacific/Chatham"]))
def test_days_left_never_grow_and_end_at_zero(steps: list[Step], now: datetime, zone: str) -> None:
    for each in steps:
        if each.state(now) != "current":
            continue
        left = days_left(each, now, ZoneInfo(zone))
        assert left >= 0
        assert abs(left - (each.closes_at - now) / timedelta(days=1)) <= 1.1
        assert days_left(each, each.closes_at - timedelta(microseconds=1), ZoneInfo(zone)) == 0
