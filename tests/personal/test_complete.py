"""Nothing about a person is forgotten: neither when it is shown, nor when it is erased."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.accounts.models import Participant
from mobility.app import MODELS
from mobility.consultation.models import Comment
from mobility.db import Base
from mobility.personal.cards import readable
from mobility.personal.labels import field_labels, section_labels
from mobility.personal.records import SECTIONS, collect
from mobility.personal.services import erase_participant
from tests.personal.conftest import speak

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NOT_SHOWN = {
    "identity_link": "a link is used or gone within half an hour; using it is in sign_in_event",
    "audit_log": "what staff and the system did; decisions about a person are shown as blocks and appeals",
}


def tables_of_people() -> list[str]:
    """Every table with a column that holds the number of a participant."""
    for room in MODELS:
        import_module(f"mobility.{room}.models")
    names = {"participant_id", "actor_id"}
    return sorted(
        table.name
        for table in Base.metadata.sorted_tables
        if names & set(table.columns.keys())
        or any(key.column.table.name == "participant" for key in table.foreign_keys)
    )


@pytest.mark.parametrize("table", [name for name in tables_of_people() if name != "participant"])
def test_every_table_of_people_is_shown_to_them(table: str) -> None:
    shown = any(f" {table} " in f" {' '.join(query.split())} " for query in SECTIONS.values())
    assert shown != (table in NOT_SHOWN), table


def test_every_section_can_be_read(session: Session, me: Participant) -> None:
    speak(session, me)
    found = collect(session, participant=me, now=NOW)
    assert found.keys() >= SECTIONS.keys()


def test_every_section_and_field_has_a_name(session: Session, app: Flask) -> None:
    """Nobody should have to read `due_at`; what a field is called in the file is for machines."""
    with app.test_request_context():
        titles, names = section_labels(), field_labels()
    assert set(SECTIONS) == set(titles)
    for name, query in SECTIONS.items():
        fields = set(session.execute(text(query), {"participant": 0}).keys())
        assert fields <= set(names), name


def test_answers_are_read_as_words(app: Flask) -> None:
    answers = [{"text": "The ramp comes in May.", "published_at": "2026-11-20T09:00:00+00:00"}]
    with app.test_request_context():
        [section] = readable({"cases": [{"answers": answers}]}, lambda day: f"{day:%d.%m.%Y}")
    assert section["records"][0][0][1] == "The ramp comes in May. · 20.11.2026"


def test_codes_are_read_as_words(app: Flask) -> None:
    row = {"status": "published", "stance": "idea", "relation": ["lives", "trades"], "text": "idea"}
    with app.test_request_context(headers={"Accept-Language": "en"}):
        [section] = readable({"comments": [row]}, lambda day: f"{day:%d.%m.%Y}")
    said = [value for _name, value in section["records"][0]]
    assert said == ["Everybody can read it", "Idea", "I live here, I have a shop or business here", "idea"]


PLANTS = (
    """INSERT INTO comment_reply (plan_id, comment_id, participant_id, phase_id, side, text, language,
         idempotency_key)
       SELECT plan_id, id, :me, phase_id, 'for', 'canary words', 'en', gen_random_uuid() FROM comment
       WHERE id = :comment""",
    """INSERT INTO abuse_report (plan_id, comment_id, participant_id, reason, note)
       SELECT plan_id, id, :me, 'spam', 'canary words' FROM comment WHERE id = :comment""",
    """INSERT INTO moderation (comment_id, action, reason, note)
       VALUES (:comment, 'hide', 'abuse', 'canary words')""",
    """INSERT INTO appeal (plan_id, participant_id, moderation_id, text)
       SELECT c.plan_id, :me, m.id, 'canary words' FROM comment c JOIN moderation m ON m.comment_id = c.id
       WHERE c.id = :comment""",
    """INSERT INTO photo (key, comment_id, participant_id, alt, width, height)
       VALUES ('canarykey', :comment, :me, 'canary words', 10, 10)""",
    """INSERT INTO follow (participant_id, kind, plan_id, area, place)
       SELECT :me, 'area', plan_id, ST_Buffer(geom, 0.001), '{"en": "canary words"}' FROM comment
       WHERE id = :comment""",
    """INSERT INTO mail_message (key, recipient, participant_id, subject, body, language)
       VALUES ('canary', 'ada@example.org', :me, 'canary words', 'canary words', 'en')""",
    """INSERT INTO identity_link (token_hash, kind, address, address_hash, participant_id, next_path,
         language, expires_at)
       VALUES ('x', 'sign_in', 'ada@example.org', 'y', :me, '/', 'en', now() + interval '1 hour')""",
    """INSERT INTO participant_block (participant_id, plan_id, reason, note)
       SELECT :me, plan_id, 'abuse', 'canary words' FROM comment WHERE id = :comment""",
)
WHERE = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb', 'ARRAY', 'character varying')
  AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')
"""


def test_after_erasing_no_word_and_no_address_is_left_anywhere(session: Session, me: Participant) -> None:
    comment = speak(session, me, text="canary words")
    for statement in PLANTS:
        session.execute(text(statement), {"me": me.id, "comment": comment.id})
    session.commit()
    assert len(traces(session)) > len(PLANTS)
    erase_participant(session, participant_id=me.id, now=NOW)
    session.expire_all()
    assert not traces(session), ", ".join(traces(session))
    assert session.get_one(Comment, comment.id).status == "published"


def traces(session: Session) -> list[str]:
    """Every column of the database that holds the words or the address."""
    found = []
    for table, column in session.execute(text(WHERE)).all():
        query = f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ~ :what'
        if session.scalar(text(query), {"what": "canary words|ada@example.org|my benches|the benches"}):
            found.append(f"{table}.{column}")
    return found
