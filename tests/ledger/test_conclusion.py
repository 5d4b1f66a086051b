"""A consultation ends only when nobody who wrote is left without an answer, and the end is kept to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.models import AuditEntry
from mobility.answers.models import Answer, Case
from mobility.consultation.models import Comment
from mobility.errors import Conflict, Invalid
from mobility.ledger import services
from mobility.ledger.conclusion import Standing, may_conclude, missing
from mobility.ledger.models import Conclusion, MeasureOutcome
from mobility.ledger.services import NotAnswered
from mobility.moderation.models import Appeal
from mobility.plans.models import Measure, Plan
from mobility.tasks.models import Task
from tests.consultation.browser import PLAN, Browser

DESK = f"{PLAN}/desk/conclusion"
COUNTS = st.integers(0, 3)


@given(
    st.dictionaries(st.none() | st.integers(1, 5), COUNTS),
    COUNTS,
    COUNTS,
    COUNTS,
    st.lists(st.text(max_size=3)),
)
def test_nothing_may_be_missing(
    unanswered: dict[int | None, int], clusters: int, unread: int, appeals: int, undecided: list[str]
) -> None:
    standing = Standing(unanswered, clusters, unread, appeals, undecided)
    open_ = sum(unanswered.values()) + clusters + unread + appeals + len(undecided)
    assert may_conclude(standing) == (open_ == 0)
    assert sum(each.n for each in missing(standing)) == open_


def kinds(error: pytest.ExceptionInfo[NotAnswered]) -> dict[str, int]:
    return {each.kind: each.n for each in error.value.missing}


def test_an_unanswered_comment_stands_in_the_way(
    plan: Plan,
    say: Callable[..., Comment],
    case: Callable[..., Case],
    answer: Callable[..., Answer],
    decide: Callable[..., Any],
    conclude: Callable[..., Conclusion],
) -> None:
    decide()
    first, second = say(), say()
    case(second)
    with pytest.raises(NotAnswered) as refused:
        conclude()
    assert kinds(refused) == {"answers": 2}
    answer(first)
    with pytest.raises(NotAnswered) as refused:
        conclude()
    assert kinds(refused) == {"answers": 1}
    answer(second)
    assert conclude().figures["rate"] == 100
    assert plan.concluded_at is not None


def test_a_cluster_with_one_unanswered_comment_stands_in_the_way(
    session: Session,
    plan: Plan,
    say: Callable[..., Comment],
    case: Callable[..., Case],
    answer: Callable[..., Answer],
    decide: Callable[..., Any],
    conclude: Callable[..., Conclusion],
) -> None:
    from mobility.answers.models import Cluster

    decide()
    cluster = Cluster(plan_id=plan.id, title="Benches")
    session.add(cluster)
    session.flush()
    one, two = say(), say()
    for each in (one, two):
        case(each, cluster_id=cluster.id)
    answer(one)
    with pytest.raises(NotAnswered) as refused:
        conclude()
    assert kinds(refused) == {"answers": 1, "clusters": 1}
    answer(two)
    conclude()


def test_what_needs_no_answer_does_not(
    session: Session,
    say: Callable[..., Comment],
    case: Callable[..., Case],
    decide: Callable[..., Any],
    conclude: Callable[..., Conclusion],
) -> None:
    decide()
    say(status="withdrawn")
    say(status="hidden", hidden_reason="spam")
    say(text="", erased_at=datetime.now(UTC))
    case(say(), state="closed", closing="answered_elsewhere")
    assert conclude().figures["closed"] == 4


def test_comments_nobody_has_read_appeals_and_outcomes_stand_in_the_way(
    session: Session, plan: Plan, measure: Measure, say: Callable[..., Comment], person: Callable[..., Any],
    decide: Callable[..., Any], conclude: Callable[..., Conclusion],
) -> None:  # fmt: skip
    from mobility.consultation.models import Moderation

    pending = say(status="pending")
    hidden = say(status="hidden", hidden_reason="abuse")
    decision = Moderation(comment_id=hidden.id, action="hide", reason="abuse")
    session.add(decision)
    session.flush()
    session.add(Appeal(plan_id=plan.id, participant_id=person().id, moderation_id=decision.id, text="No."))
    session.commit()
    with pytest.raises(NotAnswered) as refused:
        conclude()
    found = kinds(refused)
    assert found.pop("outcomes") > 3
    assert found == {"unread": 1, "appeals": 1}
    assert pending.status == "pending"


def test_after_the_end_nobody_writes_and_all_can_read(
    app: Any, plan: Plan, visit: Callable[..., Browser], say: Callable[..., Comment],
    answer: Callable[..., Answer], decide: Callable[..., Any], conclude: Callable[..., Conclusion],
) -> None:  # fmt: skip
    resident = visit(None)
    before = resident.write()
    answer(say(text="Benches please."))
    decide()
    conclude(en="Thank you, everybody.")
    refused = resident.client.get(f"{PLAN}/comments/new", headers=resident.headers)
    assert "The city concluded this consultation on" in refused.get_data(as_text=True)
    from tests.consultation.browser import form_in

    late = resident.send(form_in(before.text, "/comments"))
    assert "The city concluded this consultation on" in late.text
    vote = visit(None).get(f"{PLAN}/segments/P1-03").text
    assert '/vote"' not in vote or "The city concluded this consultation on" in vote
    page = visit(None).get(f"{PLAN}/answers").text
    assert "Concluded on" in page
    assert "Thank you, everybody." in page


def test_reopening_needs_an_administrator_and_a_public_reason(
    session: Session, plan: Plan, visit: Callable[..., Browser], decide: Callable[..., Any],
    conclude: Callable[..., Conclusion],
) -> None:  # fmt: skip
    decide()
    made = conclude()
    planner = visit("planner")
    assert "/conclusion/reopen" not in planner.get(DESK).text
    assert planner.client.post(f"{DESK}/reopen", data={"reason": "x"}).status_code in (400, 403)
    administrator = visit("administrator")
    form = administrator.form(DESK, "/reopen")
    assert "the reason is public" in administrator.send(form, reason=" ").text
    administrator.send(form, reason="A street was forgotten.")
    session.expire_all()
    assert plan.concluded_at is None
    assert made.reopened_at is not None
    assert "A street was forgotten." in visit(None).get(f"{PLAN}/answers").text
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.plan_id == plan.id)).all()
    assert {"plan.conclude", "plan.reopen", "outcome.record"} <= set(actions)
    again = services.conclude(
        session,
        plan=plan,
        statement={},
        account_id=made.account_id or 0,
        language="en",
        now=datetime.now(UTC),
    )
    assert again.id != made.id


def test_the_desk_shows_what_is_missing_and_concludes(
    session: Session, plan: Plan, planner: Browser, say: Callable[..., Comment],
    answer: Callable[..., Answer], decide: Callable[..., Any],
) -> None:  # fmt: skip
    comment = say()
    page = planner.get(DESK).text
    assert "1 comment has no answer" in page
    assert "No office yet" in page
    assert "measures have no outcome" in page
    assert "Conclude now" not in page
    answer(comment)
    decide()
    form = planner.form(DESK, "/desk/conclusion")
    assert "Confirm that the consultation is to be concluded." in planner.send(form).text
    done = planner.send(form, sure="y", statement_en="Thank you.", statement_it="Grazie.")
    assert "The consultation is concluded." in done.text
    task = session.scalars(select(Task).where(Task.kind == services.LETTERS)).one()
    assert task.plan_id == plan.id


def test_an_outcome_is_kept_with_its_history(
    session: Session, plan: Plan, measure: Measure, planner: Browser
) -> None:
    path = f"{DESK}/measures/P1"
    form = planner.form(path, "/P1")
    bad = planner.send(form, outcome="kept", why_en="It works.", why_it="")
    assert "Say why, in every language of the plan." in bad.text
    planner.send(form, outcome="kept", why_en="It works.", why_it="Funziona.", version="1")
    planner.send(form, outcome="kept", why_en="It works.", why_it="Funziona.", version="1")
    planner.send(form, outcome="changed", why_en="You convinced us.", why_it="Ci avete convinti.")
    kept = session.scalars(select(MeasureOutcome).order_by(MeasureOutcome.id)).all()
    assert [each.outcome for each in kept] == ["kept", "changed"]
    page = planner.get(path).text
    assert "You convinced us." in page
    assert "It works." in page


def test_wrong_outcomes_are_refused(session: Session, plan: Plan, measure: Measure) -> None:
    def record(outcome: str, version: int | None = None, **why: str) -> None:
        services.record_outcome(
            session, plan=plan, measure=measure, outcome=outcome, why=why, version=version, account_id=1,
            now=datetime.now(UTC),
        )  # fmt: skip

    with pytest.raises(Invalid):
        record("postponed", en="x", it="x")
    with pytest.raises(Invalid) as missing_language:
        record("kept", en="x")
    assert missing_language.value.field == "why_it"
    with pytest.raises(Invalid) as no_version:
        record("kept", 99, en="x", it="x")
    assert no_version.value.field == "version"


def test_no_outcome_changes_after_the_end(
    decide: Callable[..., Any], conclude: Callable[..., Conclusion]
) -> None:
    decide()
    conclude()
    with pytest.raises(Conflict):
        decide("dropped", code="P1")
    with pytest.raises(Conflict):
        conclude()
