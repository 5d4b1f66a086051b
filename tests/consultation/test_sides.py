"""Groups and people side by side: on the results, on the cards, in words; votes set aside are counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mobility.accounts.models import Participant, StakeholderGroup
from mobility.consultation.models import Phase, SetAside, Vote
from mobility.consultation.tallies import OWN, Tally, TallyRow
from mobility.consultation.voices import said, stands_line, voice_cards
from mobility.plans.models import Plan, Segment
from tests.consultation.browser import PLAN, Browser

CODE = "P1-05"
Cast = Callable[..., None]


def group(number: int, position: int) -> TallyRow:
    counts = tuple(int(place == position) for place in range(-2, 3))
    return TallyRow(number, 2, counts)  # type: ignore[arg-type]


@pytest.fixture
def cast(session: Session, plan: Plan, groups: list[StakeholderGroup]) -> Cast:
    """`cast(2, -2)`: groups vote so; `cast(people=(1, 1))`: people do."""
    segment = session.scalars(
        select(Segment.id).where(Segment.plan_id == plan.id, Segment.code == CODE)
    ).one()

    def vote(*positions: int, people: tuple[int, ...] = ()) -> None:
        voices = [*zip(groups, positions, strict=False), *((None, position) for position in people)]
        query = select(Phase.id).where(Phase.plan_id == plan.id, Phase.actions.contains(["vote"]))
        phase_id = session.scalars(query.order_by(Phase.opens_at)).first()
        for owner, position in voices:
            participant = Participant(identity_level=0)
            session.add(participant)
            session.flush()
            session.add(
                Vote(
                    plan_id=plan.id,
                    segment_id=segment,
                    participant_id=participant.id,
                    group_id=owner.id if owner else None,
                    position=position,
                    phase_id=phase_id,
                    identity_level=0,
                )
            )
        session.commit()

    return vote


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ((group(1, 2),), ""),
        ((group(1, 2), group(2, -2)), "Against: B. In favour: A."),
        ((group(1, 2), group(2, 2), group(3, -2)), "Against: C. In favour: A and B."),
        ((group(1, -2), group(2, -1), group(3, 2)), "In favour: C. Against: A and B."),
        ((group(1, 2), group(2, 2), group(3, 1), group(4, 0)), "In favour: A, B and 1 other. Neutral: D."),
        (
            (TallyRow(OWN, 0, (0, 0, 0, 0, 6)), group(1, -1)),
            "Against: A. In favour: People who voted for themselves.",
        ),
    ],
)
def test_who_stands_where_is_said_in_words(app: Flask, rows, line) -> None:
    names = dict(zip((1, 2, 3, 4), "ABCD", strict=True))
    with app.test_request_context("/?lang=en"):
        assert stands_line(voice_cards(Tally(rows), names)) == line


def test_many_names_are_counted(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        assert said(["A", "B", "C", "D", "E"]) == "A, B and 3 others"


def test_the_results_show_each_voice(resident: Browser, cast: Cast, groups: list[StakeholderGroup]) -> None:
    cast(2, -2, people=(2, 2, 1, 2, 2, 2))
    page = resident.get(f"{PLAN}/results?view=agreement").text
    assert "contested" in page
    assert "3 voices" in page
    first, second = groups[0].name["en"], groups[1].name["en"]
    assert f"Against: {second}. In favour: " in page
    assert first in page
    assert "n = 6" in page
    assert page.index(f'data-segment="{CODE}"') < page.index('data-segment="P1-01"')


def test_the_card_says_who_disagrees(resident: Browser, cast: Cast, groups: list[StakeholderGroup]) -> None:
    cast(2, -2)
    page = resident.get(f"{PLAN}/segments/{CODE}").text
    assert 'data-accord="contested"' in page
    assert f"Against: {groups[1].name['en']}. In favour: {groups[0].name['en']}." in page


def test_what_the_phase_hides_stays_hidden(
    resident: Browser, cast: Cast, set_phases: Callable[..., None], groups: list[StakeholderGroup]
) -> None:
    set_phases(-1, 5, results="after_phase")
    cast(2, -2)
    for address in ("/results?view=agreement", f"/segments/{CODE}"):
        page = resident.get(PLAN + address).text
        assert "data-accord" not in page
        assert "Against:" not in page


def test_votes_set_aside_are_told_and_count_nowhere(
    resident: Browser, session: Session, plan: Plan, cast: Cast
) -> None:
    cast(people=(2, 2, 2))
    aside = SetAside(plan_id=plan.id, reason="burst", created_at=datetime.now(UTC))
    session.add(aside)
    session.flush()
    session.execute(update(Vote).where(Vote.plan_id == plan.id).values(set_aside_id=aside.id))
    session.commit()
    for address in ("/results", f"/segments/{CODE}"):
        assert "3 votes are set aside and count nowhere." in resident.get(PLAN + address).text
    assert "set aside" not in resident.get(f"{PLAN}/segments/P1-01").text
