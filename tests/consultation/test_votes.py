"""Votes: three taps, changed, withdrawn, for a group, refused with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mobility.accounts.models import StakeholderGroup
from mobility.consultation.counting import recount
from mobility.consultation.models import Vote, VoteHistory
from mobility.consultation.tallies import measure_tallies, segment_tallies
from mobility.plans.models import Measure, Segment
from tests.consultation.browser import PLAN, Browser, card_path, form_in

CODE = "P1-03"


def votes(session: Session) -> list[Vote]:
    session.expire_all()
    return list(session.scalars(select(Vote).order_by(Vote.id)))


def test_from_the_plan_to_a_counted_vote(resident: Browser, session: Session) -> None:
    plan = resident.get(PLAN)
    assert f'href="{PLAN}/measures/P1"' in plan.text
    assert f'href="{PLAN}/segments/{CODE}"' in resident.get(f"{PLAN}/measures/P1").text
    answer = resident.vote(CODE, 2)
    assert answer.status_code == 200
    assert answer.request.path == card_path(CODE)
    assert "Your vote is counted." in answer.text
    assert "Change my vote" in answer.text
    (vote,) = votes(session)
    assert (vote.position, vote.group_id, vote.identity_level, vote.channel) == (2, None, 0, "web")


def test_a_vote_is_answered_by_a_redirect(resident: Browser) -> None:
    form = resident.form(card_path(CODE), "/vote")
    answer = resident.send(form, follow=False, position="1")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(card_path(CODE))


def test_a_measure_as_a_whole(resident: Browser, session: Session) -> None:
    assert resident.vote("P1", -1).status_code == 200
    (vote,) = votes(session)
    assert vote.segment_id is None
    measure = session.scalars(select(Measure).where(Measure.code == "P1")).one()
    assert measure_tallies(session, measure_ids=[measure.id])[measure.id].counts() == (0, 1, 0, 0, 0)


def test_changing_keeps_one_vote_and_the_history(resident: Browser, session: Session) -> None:
    resident.vote(CODE, 2, condition="if buses stay")
    resident.vote(CODE, -2)
    (vote,) = votes(session)
    assert vote.position == -2
    (old,) = session.scalars(select(VoteHistory))
    assert (old.position, old.condition, old.ending) == (2, "if buses stay", "changed")


def test_withdrawing(resident: Browser, session: Session) -> None:
    page = resident.vote(CODE, 1)
    answer = resident.send(form_in(page.text, "/withdraw"))
    assert "Your vote is withdrawn." in answer.text
    assert votes(session) == []
    assert session.scalars(select(VoteHistory)).one().ending == "withdrawn"


def test_withdrawing_nothing_is_no_error(resident: Browser, neighbour: Browser, session: Session) -> None:
    resident.vote(CODE, 1)
    form = neighbour.form(card_path(CODE), "/vote")
    answer = neighbour.send(form, to=f"{card_path(CODE)}/vote/withdraw")
    assert "There was no vote to withdraw." in answer.text
    assert len(votes(session)) == 1


def test_the_same_vote_many_times_counts_once(resident: Browser, session: Session) -> None:
    form = resident.form(card_path(CODE), "/vote")
    for _again in range(25):
        assert resident.send(form, follow=False, position="2").status_code == 303
    (vote,) = votes(session)
    tally = segment_tallies(session, segment_ids=[vote.segment_id or 0])[vote.segment_id or 0]
    assert (tally.n, tally.counts()) == (1, (0, 0, 0, 0, 1))
    assert list(session.scalars(select(VoteHistory))) == []


def test_the_database_lets_no_second_vote_in(resident: Browser, session: Session) -> None:
    resident.vote(CODE, 2)
    copy = text(
        "INSERT INTO vote (plan_id, segment_id, participant_id, position, phase_id, identity_level) "
        "SELECT plan_id, segment_id, participant_id, 1, phase_id, 0 FROM vote"
    )
    with pytest.raises(IntegrityError, match="uq_vote_own_segment"), session.begin_nested():
        session.execute(copy)


def test_each_person_counts(resident: Browser, neighbour: Browser, session: Session) -> None:
    resident.vote(CODE, 2)
    page = neighbour.vote(CODE, -2)
    assert "n = 2" in page.text
    segment = session.scalars(select(Segment).where(Segment.code == CODE)).one()
    tally = segment_tallies(session, segment_ids=[segment.id])[segment.id]
    assert tally.counts() == (1, 0, 0, 0, 1)
    assert tally.by_level() == {0: (1, 0, 0, 0, 1)}
    assert recount(session) == []


def test_a_delegate_votes_for_the_group(
    delegate: Browser, resident: Browser, session: Session, groups: list[StakeholderGroup]
) -> None:
    group = groups[0]
    page = delegate.vote(CODE, -2, voice=group.slug, reason="Deliveries need {{7*7}} <b>space</b>.")
    assert "Your vote is counted." in page.text
    (vote,) = votes(session)
    assert (vote.group_id, vote.identity_level) == (group.id, 2)
    public = resident.get(card_path(CODE)).text
    assert group.name["en"] in public
    assert "Deliveries need {{7*7}} &lt;b&gt;space&lt;/b&gt;." in public


def test_own_voice_and_group_stand_apart(
    delegate: Browser, session: Session, groups: list[StakeholderGroup]
) -> None:
    delegate.vote(CODE, 2)
    delegate.vote(CODE, -2, voice=groups[0].slug)
    assert [(v.group_id, v.position) for v in votes(session)] == [(None, 2), (groups[0].id, -2)]
    segment_id = votes(session)[0].segment_id or 0
    tally = segment_tallies(session, segment_ids=[segment_id])[segment_id]
    assert (tally.n, tally.n_groups) == (1, 1)
    assert tally.voices == {groups[0].id: -2.0}
    page = delegate.get(f"{card_path(CODE)}?voice={groups[0].slug}").text
    answer = delegate.send(form_in(page, "/withdraw"))
    assert "Your vote is withdrawn." in answer.text
    assert [v.group_id for v in votes(session)] == [None]


def test_nobody_votes_for_a_group_that_is_not_theirs(
    resident: Browser, delegate: Browser, session: Session, groups: list[StakeholderGroup]
) -> None:
    assert resident.vote(CODE, 2, voice=groups[0].slug).status_code == 403
    assert delegate.vote(CODE, 2, voice=groups[1].slug).status_code == 403
    assert votes(session) == []


@pytest.mark.parametrize("position", ["", "3", "-3", "1.0", "two", "{{7*7}}", "<script>"])
def test_an_unknown_position(resident: Browser, session: Session, position: str) -> None:
    answer = resident.vote(CODE, position, condition="if {{7*7}} <script>alert(1)</script>")
    assert answer.status_code == 422
    assert "Choose one of the five positions." in answer.text
    assert "data-error-summary" in answer.text
    assert "if {{7*7}} &lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert votes(session) == []


def test_a_long_condition_comes_back(resident: Browser, session: Session) -> None:
    answer = resident.vote(CODE, 1, condition="x" * 281)
    assert answer.status_code == 422
    assert "281 characters are too many" in answer.text
    assert "x" * 281 in answer.text
    assert votes(session) == []


def test_braces_and_markup_in_a_condition_stay_text(resident: Browser, session: Session) -> None:
    page = resident.vote(CODE, 1, condition="{{7*7}}<script>")
    assert votes(session)[0].condition == "{{7*7}}<script>"
    assert "{{7*7}}&lt;script&gt;" in page.text
    assert "<script>" not in page.text.replace('<script type="module"', "")


def test_a_forged_token_is_refused(resident: Browser, session: Session) -> None:
    form = resident.form(card_path(CODE), "/vote")
    answer = resident.send(form, position="1", csrf_token="forged")
    assert answer.status_code == 400
    assert votes(session) == []


@pytest.mark.parametrize("path", ["segments/P9-99", "segments/..%2F..", "measures/P99", "segments/%00"])
def test_unknown_subjects(resident: Browser, path: str) -> None:
    assert resident.get(f"{PLAN}/{path}").status_code == 404
    form = resident.form(card_path(CODE), "/vote")
    assert resident.send(form, to=f"{PLAN}/{path}/vote", position="1").status_code == 404


@pytest.mark.parametrize(
    ("opens", "closes", "words"), [(2, 9, "Voting opens on"), (-9, -2, "Voting closed on")]
)
def test_a_closed_phase_says_why_and_keeps_what_was_typed(
    resident: Browser,
    session: Session,
    set_phases: Callable[..., None],
    opens: float,
    closes: float,
    words: str,
) -> None:
    form = resident.form(card_path(CODE), "/vote")
    set_phases(opens, closes)
    answer = resident.send(form, position="1", condition="if {{7*7}} <i>trees</i>")
    assert answer.status_code == 409
    assert words in answer.text
    assert "if {{7*7}} &lt;i&gt;trees&lt;/i&gt;" in answer.text
    assert votes(session) == []
    assert words in resident.get(card_path(CODE)).text


def test_a_phase_for_invited_people(
    resident: Browser, delegate: Browser, session: Session, set_phases: Callable[..., None]
) -> None:
    form = resident.form(card_path(CODE), "/vote")
    set_phases(-1, 5, vote_level=2)
    answer = resident.send(form, position="1")
    assert answer.status_code == 409
    assert "an invitation" in answer.text
    assert votes(session) == []
    assert delegate.vote(CODE, 1).status_code == 200
    assert len(votes(session)) == 1


def test_results_after_one_s_own_vote(
    resident: Browser, neighbour: Browser, set_phases: Callable[..., None]
) -> None:
    set_phases(-1, 5, results="after_vote")
    neighbour.vote(CODE, 2)
    assert "You see results once you have voted" in resident.get(card_path(CODE)).text
    assert "n = 1" not in resident.get(card_path(CODE)).text
    assert "Results are not shown now" in resident.get(f"{PLAN}/results").text
    assert "n = 2" in resident.vote(CODE, 1).text
    assert resident.get(f"{PLAN}/results").status_code == 200


def test_results_after_the_phase(resident: Browser, set_phases: Callable[..., None]) -> None:
    set_phases(-1, 5, results="after_phase")
    assert "n = 1" not in resident.vote(CODE, 2).text
    assert "Results are published when this step has closed" in resident.get(card_path(CODE)).text


def test_a_refused_vote_reloaded_leads_back_to_the_card(resident: Browser) -> None:
    answer = resident.get(f"{card_path(CODE)}/vote")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(card_path(CODE))


def test_a_vote_costs_few_statements(resident: Browser, count_queries: Any) -> None:
    form = resident.form(card_path(CODE), "/vote")
    resident.send(form, follow=False, position="1")
    with count_queries as seen:
        resident.send(form, follow=False, position="2")
    assert len(seen) <= 4, seen.statements
