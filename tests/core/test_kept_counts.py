"""Counts are kept by the database from what was and what is, whatever statement changes it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from mobility.consultation.counting import recount

SAY = """
INSERT INTO comment (plan_id, phase_id, topic_id, stance, text, geom, place, status, language, receipt,
                     idempotency_key, hidden_reason)
SELECT p.id, (SELECT min(id) FROM phase WHERE plan_id = p.id),
  (SELECT min(id) FROM topic WHERE plan_id = p.id),
  (ARRAY['for', 'against', 'idea', 'question'])[1 + i % 4], 'words',
  ST_SetSRID(ST_MakePoint(13.35 + (i % 37) * 0.0007, 38.11 + (i % 11) * 0.0009), 4326), '{}',
  CASE WHEN i % 5 = 0 THEN 'hidden' ELSE 'published' END, 'it', 'COUNT' || i, gen_random_uuid(),
  CASE WHEN i % 5 = 0 THEN 'spam' END
FROM plan p, generate_series(1, :number) AS i
"""
VOTE = """
WITH who AS (INSERT INTO participant (identity_level) SELECT i % 3 FROM generate_series(1, :number) AS i
             RETURNING id, identity_level)
INSERT INTO vote (plan_id, segment_id, participant_id, position, phase_id, identity_level)
SELECT s.plan_id, s.id, who.id, who.id % 5 - 2, (SELECT min(id) FROM phase WHERE plan_id = s.plan_id),
       who.identity_level
FROM who, segment s WHERE s.position < 3
"""


SPEAK_FOR_A_GROUP = """
UPDATE vote SET group_id = (SELECT min(id) FROM stakeholder_group)
WHERE participant_id = (SELECT min(participant_id) FROM vote)
"""


def run(session: Session, statement: str, **values: Any) -> Any:
    return session.execute(text(statement), values)


def total(session: Session, query: str) -> int:
    return int(session.execute(text(query)).scalar_one() or 0)


def assert_exact(session: Session) -> None:
    assert recount(session) == []


CHANGES = [
    "UPDATE comment SET status = 'hidden', hidden_reason = 'spam' WHERE stance = 'for'",
    "UPDATE comment SET status = 'published', hidden_reason = NULL",
    "UPDATE comment SET stance = 'idea' WHERE stance = 'against'",
    "UPDATE comment SET topic_id = (SELECT max(id) FROM topic WHERE plan_id = comment.plan_id)",
    "UPDATE comment SET phase_id = (SELECT max(id) FROM phase WHERE plan_id = comment.plan_id)",
    "UPDATE comment SET geom = ST_Translate(geom, 0.01, -0.01)",
    "UPDATE comment SET text = 'other words'",
    "DELETE FROM comment WHERE id % 3 = 0",
    "DELETE FROM comment",
    "TRUNCATE comment CASCADE",
]


@pytest.mark.parametrize("change", CHANGES)
def test_cells_stay_exact(session: Session, change: str) -> None:
    run(session, SAY, number=400)
    assert_exact(session)
    assert total(session, "SELECT sum(n) FROM comment_cell WHERE z = 12") == 320
    run(session, change)
    assert_exact(session)
    published = total(session, "SELECT count(*) FROM comment WHERE status = 'published'")
    for zoom in (18, 15, 12):
        assert total(session, f"SELECT sum(n) FROM comment_cell WHERE z = {zoom}") == published
    assert total(session, "SELECT count(*) FROM comment_cell WHERE n <= 0") == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE vote SET position = -position",
        "UPDATE vote SET identity_level = 3 WHERE identity_level = 0",
        SPEAK_FOR_A_GROUP,
        "UPDATE vote SET condition = 'if there is shade'",
        "DELETE FROM vote WHERE position = 2",
        "DELETE FROM vote",
        "TRUNCATE vote",
    ],
)
def test_tallies_stay_exact(session: Session, change: str) -> None:
    run(session, VOTE, number=60)
    assert_exact(session)
    run(session, change)
    assert_exact(session)
    assert total(session, "SELECT sum(n) FROM vote_tally") == total(session, "SELECT count(*) FROM vote")
    assert total(session, "SELECT count(*) FROM vote_tally WHERE n <= 0") == 0


def test_recount_finds_and_repairs_a_wrong_count(session: Session) -> None:
    run(session, VOTE, number=10)
    run(session, SAY, number=20)
    run(session, "UPDATE vote_tally SET n = n + 1")
    run(session, "DELETE FROM comment_cell WHERE z = 15")
    assert len(recount(session)) > 1
    recount(session, repair=True)
    assert_exact(session)


def test_a_count_below_zero_is_refused(session: Session) -> None:
    run(session, VOTE, number=5)
    run(session, "DELETE FROM vote_tally")
    with pytest.raises(DBAPIError, match="below zero"):
        run(session, "DELETE FROM vote")


def test_history_keeps_what_was_changed_and_withdrawn(session: Session) -> None:
    run(session, VOTE, number=1)
    before = total(session, "SELECT count(*) FROM vote")
    run(session, "UPDATE vote SET position = 1, condition = 'yes, if'")
    run(session, "DELETE FROM vote")
    endings = run(session, "SELECT ending, count(*) FROM vote_history GROUP BY 1 ORDER BY 1").all()
    assert [tuple(row) for row in endings] == [("changed", before), ("withdrawn", before)]
    kept = run(session, "SELECT DISTINCT condition FROM vote_history WHERE ending = 'withdrawn'").scalar_one()
    assert kept == "yes, if"


AGAIN = """
INSERT INTO vote (plan_id, {subject}_id, participant_id, group_id, position, phase_id, identity_level)
SELECT s.plan_id, s.id, :who, CAST(:group_id AS bigint), :position,
       (SELECT min(id) FROM phase WHERE plan_id = s.plan_id), 0
FROM {subject} s ORDER BY s.id LIMIT 1
"""


@pytest.mark.parametrize("subject", ["segment", "measure"])
def test_one_live_vote_a_person_and_subject(session: Session, subject: str) -> None:
    who = run(session, "INSERT INTO participant (identity_level) VALUES (0) RETURNING id").scalar_one()
    statement = AGAIN.format(subject=subject)
    run(session, statement, who=who, group_id=None, position=1)
    with pytest.raises(IntegrityError, match=f"uq_vote_own_{subject}"):
        run(session, statement, who=who, group_id=None, position=2)


@pytest.mark.parametrize("subject", ["segment", "measure"])
def test_one_live_vote_a_group_whoever_casts_it(session: Session, subject: str) -> None:
    group = run(session, "SELECT min(id) FROM stakeholder_group").scalar_one()
    made = "INSERT INTO participant (identity_level) VALUES (2) RETURNING id"
    first, second = (run(session, made).scalar_one() for _ in range(2))
    statement = AGAIN.format(subject=subject)
    run(session, statement, who=first, group_id=group, position=1)
    with pytest.raises(IntegrityError, match=f"uq_vote_group_{subject}"):
        run(session, statement, who=second, group_id=group, position=-1)


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE phase SET closes_at = closes_at + interval '3 days'", "ex_phase_no_overlap"),
        ("UPDATE phase SET closes_at = opens_at", "ck_phase_order"),
        ("UPDATE phase SET actions = ARRAY['dance']", "ck_phase_actions"),
        ("UPDATE measure SET kind = 'airport'", "ck_measure_kind"),
        ("UPDATE segment SET geom = ST_GeomFromText('LINESTRING EMPTY', 4326)", "ck_segment_valid"),
        ("UPDATE plan SET status = 'secret'", "ck_plan_status"),
    ],
)
def test_the_database_refuses_what_is_not_true(session: Session, statement: str, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        run(session, statement)
