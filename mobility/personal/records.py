"""All that is kept about one participant, for the person alone: as data, and in words for reading."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.accounts.models import Participant

FORMAT = "mobility-personal-data/1"

SECTIONS: dict[str, str] = {
    "comments": """
        SELECT p.slug AS plan, c.created_at, c.edited_at, c.status, c.stance, t.slug AS topic, c.text,
               c.language, c.scope, coalesce(c.exact_place, c.place) AS place,
               ST_AsGeoJSON(coalesce(c.exact_drawing, c.exact_geom, c.drawing, c.geom), 7)::json AS geometry,
               c.exact_geom IS NOT NULL AS place_shown_roughly,
               s.code AS segment, m.code AS measure, c.measure_version, c.perceived_effect,
               h.code AS heritage_place, c.relation, c.channel, c.receipt, c.hidden_reason, c.hidden_note
        FROM comment c JOIN plan p ON p.id = c.plan_id JOIN topic t ON t.id = c.topic_id
        LEFT JOIN segment s ON s.id = coalesce(c.exact_segment_id, c.segment_id)
        LEFT JOIN measure m ON m.id = c.measure_id LEFT JOIN heritage_place h ON h.id = c.heritage_place_id
        WHERE c.participant_id = :participant ORDER BY c.id
    """,
    "cases": """
        SELECT k.comment_id AS comment, o.slug AS office, k.state, k.closing, k.received_at, k.due_at,
               k.answered_at, k.reopened_at, k.reopen_reason AS asked_again,
               (SELECT json_agg(json_build_object('text', a.text, 'published_at', a.published_at)
                  ORDER BY a.published_at)
                FROM answer a JOIN answer_comment x ON x.answer_id = a.id
                WHERE x.comment_id = k.comment_id AND a.state = 'published') AS answers
        FROM comment_case k JOIN comment c ON c.id = k.comment_id LEFT JOIN office o ON o.id = k.office_id
        WHERE c.participant_id = :participant ORDER BY k.comment_id
    """,
    "votes": """
        SELECT p.slug AS plan, s.code AS segment, m.code AS measure, g.slug AS for_group, v.position,
               v.condition, v.reason, v.measure_version, v.identity_level, v.channel, v.cast_at, v.changed_at,
               v.set_aside_id IS NOT NULL AS set_aside
        FROM vote v JOIN plan p ON p.id = v.plan_id
        LEFT JOIN segment s ON s.id = v.segment_id LEFT JOIN measure m ON m.id = v.measure_id
        LEFT JOIN stakeholder_group g ON g.id = v.group_id
        WHERE v.participant_id = :participant ORDER BY v.id
    """,
    "earlier_votes": """
        SELECT p.slug AS plan, s.code AS segment, m.code AS measure, g.slug AS for_group, v.position,
               v.condition, v.reason, v.measure_version, v.cast_at, v.changed_at, v.ended_at, v.ending
        FROM vote_history v JOIN plan p ON p.id = v.plan_id
        LEFT JOIN segment s ON s.id = v.segment_id LEFT JOIN measure m ON m.id = v.measure_id
        LEFT JOIN stakeholder_group g ON g.id = v.group_id
        WHERE v.participant_id = :participant ORDER BY v.id
    """,
    "replies": """
        SELECT p.slug AS plan, r.comment_id AS comment, r.created_at, r.edited_at, r.status, r.side, r.text,
               r.language, r.hidden_reason, r.hidden_note
        FROM comment_reply r JOIN plan p ON p.id = r.plan_id
        WHERE r.participant_id = :participant ORDER BY r.id
    """,
    "endorsements": """
        SELECT comment_id AS comment, created_at FROM comment_endorsement
        WHERE participant_id = :participant ORDER BY created_at
    """,
    "reports": """
        SELECT comment_id AS comment, reply_id AS reply, created_at, reason, note, outcome
        FROM abuse_report WHERE participant_id = :participant ORDER BY id
    """,
    "appeals": """
        SELECT p.slug AS plan, a.created_at, a.text, a.decided_at, a.outcome, a.reason
        FROM appeal a JOIN plan p ON p.id = a.plan_id
        WHERE a.participant_id = :participant ORDER BY a.id
    """,
    "photos": """
        SELECT f.comment_id AS comment, f.created_at, f.alt, f.width, f.height
        FROM photo f LEFT JOIN comment c ON c.id = f.comment_id
        WHERE :participant IN (f.participant_id, c.participant_id) ORDER BY f.id
    """,
    "follows": """
        SELECT p.slug AS plan, f.kind, m.code AS measure, s.code AS segment, f.place,
               ST_AsGeoJSON(f.area, 7)::json AS geometry, f.rhythm AS frequency, f.since, f.stopped_at
        FROM follow f LEFT JOIN plan p ON p.id = f.plan_id LEFT JOIN measure m ON m.id = f.measure_id
        LEFT JOIN segment s ON s.id = f.segment_id
        WHERE f.participant_id = :participant ORDER BY f.id
    """,
    "notices": """
        SELECT h.kind, h.comment_id AS comment, n.created_at, n.told_at AS sent_at
        FROM notice n JOIN happening h ON h.id = n.happening_id
        WHERE n.participant_id = :participant ORDER BY n.created_at
    """,
    "invitations": """
        SELECT p.slug AS plan, b.label, c.used_at FROM invitation_code c
        JOIN code_batch b ON b.id = c.batch_id JOIN plan p ON p.id = b.plan_id
        WHERE c.participant_id = :participant ORDER BY c.used_at
    """,
    "sign_ins": """
        SELECT at, kind, outcome FROM sign_in_event WHERE participant_id = :participant ORDER BY id
    """,
    "blocks": """
        SELECT p.slug AS plan, b.created_at, b.reason, b.note, b.until, b.ended_at
        FROM participant_block b JOIN plan p ON p.id = b.plan_id
        WHERE b.participant_id = :participant ORDER BY b.id
    """,
    "browsers": """
        SELECT created_at, expires_at FROM participant_token
        WHERE participant_id = :participant ORDER BY created_at
    """,
    "messages": """
        SELECT created_at, sent_at, state, subject FROM mail_message
        WHERE participant_id = :participant ORDER BY id
    """,
}
"""Name of the section → its rows. `:participant` is the only value."""


def collect(session: Session, *, participant: Participant, now: datetime) -> dict[str, Any]:
    """Everything kept under this participant's number, ready for JSON."""
    return {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "participant": {
            "number": participant.id,
            "since": participant.created_at.isoformat(),
            "identity_level": participant.identity_level,
            "email": participant.email,
            "verified": participant.verified_key is not None,
            "has_account": participant.account_id is not None,
        },
        **{name: _rows(session, query, participant.id) for name, query in SECTIONS.items()},
    }


def _rows(session: Session, query: str, participant_id: int) -> list[dict[str, Any]]:
    found = session.execute(text(query), {"participant": participant_id}).mappings()
    return [{key: _plain(value) for key, value in row.items()} for row in found]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
