"""No byte that the public gets holds an address, a token, a name of somebody not public, or hidden words.

Such words are planted in every table that may hold them. Then somebody unknown walks every page, picture,
file and log line. All that was planted holds the word "canary".
"""

from __future__ import annotations

import hashlib
import logging
import re
from html.parser import HTMLParser
from importlib import import_module
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from mobility.app import MODELS
from mobility.db import Base
from mobility.extensions import db
from tests.core.access_table import EXPECTED, OWN, PUBLIC, SECRET, SPECIAL, VALUES

PLAN = "/plans/palermo-centro"
NETWORK = "203.0.113.77"
FORBIDDEN = re.compile(rb"canary|cana-ryca|203\.0\.113|argon2|13\.361234|38\.115678", re.IGNORECASE)
MOST = 200
"""Pages followed from link to link."""

PEOPLE = """
WITH a AS (INSERT INTO account (email, password_hash, name) VALUES
    ('canary.delegate@private.example', '$argon2id$canary', 'Canary Delegate'),
    ('canary.planner@private.example', '$argon2id$canary', 'Canary Planner') RETURNING id, email),
  r AS (INSERT INTO staff_role (account_id, role) SELECT id, 'planner' FROM a WHERE email ~ 'planner'),
  d AS (INSERT INTO delegation (account_id, group_id) SELECT a.id, g.id FROM a, stakeholder_group g
    WHERE a.email ~ 'delegate' AND g.slug = 'palermo-in-bici')
INSERT INTO participant (identity_level, email, verified_key)
VALUES (3, 'canary.person@private.example', 'canary verified key') RETURNING id
"""
TOKEN = "INSERT INTO participant_token (token_hash, participant_id) VALUES (:hash, :me)"
COMMENTS = """
INSERT INTO comment (plan_id, participant_id, phase_id, topic_id, segment_id, measure_id, stance, text, geom,
  place, status, language, receipt, idempotency_key, hidden_reason, hidden_note, relation, origin)
SELECT s.plan_id, :me, f.id, t.id, s.id, s.measure_id, 'against', v.words, ST_PointOnSurface(s.geom),
  '{"en": "Here", "it": "Qui"}', v.status, 'en', v.receipt, gen_random_uuid(), v.reason, v.note, '{lives}',
  'canary origin'
FROM segment s
JOIN LATERAL (SELECT id FROM phase WHERE plan_id = s.plan_id AND 'comment' = ANY (actions) LIMIT 1) f ON true
JOIN LATERAL (SELECT id FROM topic WHERE plan_id = s.plan_id ORDER BY id LIMIT 1) t ON true
CROSS JOIN (VALUES
  ('A public word about this zebra crossing.', 'published', 'CANARYCANARY', NULL, NULL),
  ('canary zebra hidden', 'hidden', 'CANARYCANARA', 'abuse', 'canary note'),
  ('canary zebra waiting', 'pending', 'CANARYCANARB', NULL, NULL),
  ('canary zebra withdrawn', 'withdrawn', 'CANARYCANARC', NULL, NULL)
  ) AS v (words, status, receipt, reason, note)
WHERE s.code = 'P1-03'
"""
DISCREET = (
    "UPDATE topic SET sensitive = true WHERE slug = 'cars-parking'",
    """INSERT INTO comment (plan_id, participant_id, phase_id, topic_id, segment_id, measure_id, stance, text,
         scope, geom, drawing, context_id, place, language, receipt, idempotency_key)
       SELECT c.plan_id, :me, c.phase_id, t.id, c.segment_id, c.measure_id, 'idea', 'A quiet zebra word',
         v.scope, ST_SetSRID(ST_MakePoint(13.361234, 38.115678), 4326), ST_GeomFromText(v.drawn, 4326),
         (SELECT min(id) FROM context_feature), '{"en": "Canary corner", "it": "Canary corner"}', 'en',
         'CANARYCANAR' || v.scope, gen_random_uuid()
       FROM comment c JOIN topic t ON t.plan_id = c.plan_id AND t.sensitive,
         (VALUES ('point', NULL),
                 ('drawing', 'LINESTRING(13.361234 38.115678, 13.3613 38.115678)')) AS v (scope, drawn)
       WHERE c.receipt = 'CANARYCANARY'""",
)
"""Comments whose exact place, in words and in figures, is their author's and the city's."""
REST = (
    *DISCREET,
    """INSERT INTO moderation (comment_id, account_id, action, reason, note)
       SELECT c.id, a.id, 'hide', 'abuse', 'canary note' FROM comment c, account a
       WHERE c.status = 'hidden' AND a.email ~ 'planner' AND c.text ~ 'canary'""",
    """INSERT INTO comment_reply (plan_id, comment_id, participant_id, phase_id, side, text, language, status,
         hidden_reason, hidden_note, idempotency_key)
       SELECT plan_id, id, :me, phase_id, 'for', 'canary reply', 'en', 'hidden', 'abuse', 'canary note',
         gen_random_uuid() FROM comment WHERE receipt = 'CANARYCANARY'""",
    """INSERT INTO abuse_report (plan_id, comment_id, participant_id, reason, note)
       SELECT plan_id, id, :me, 'spam', 'canary report' FROM comment WHERE receipt = 'CANARYCANARY'""",
    """INSERT INTO comment_endorsement (comment_id, participant_id)
       SELECT id, :me FROM comment WHERE receipt = 'CANARYCANARY'""",
    """INSERT INTO appeal (plan_id, participant_id, moderation_id, text)
       SELECT c.plan_id, :me, m.id, 'canary appeal' FROM moderation m JOIN comment c ON c.id = m.comment_id
       WHERE m.note ~ 'canary'""",
    """INSERT INTO participant_block (participant_id, plan_id, reason, note)
       SELECT :me, plan_id, 'abuse', 'canary block' FROM comment WHERE receipt = 'CANARYCANARY'""",
    """INSERT INTO follow (participant_id, kind, plan_id, area, place)
       SELECT :me, 'area', plan_id, ST_Buffer(geom, 0.001), '{"en": "canary place"}'
       FROM comment WHERE receipt = 'CANARYCANARY'""",
    """INSERT INTO mail_message (key, recipient, participant_id, subject, body, language)
       VALUES ('canary', 'canary.person@private.example', :me, 'canary', 'canary', 'en')""",
    """INSERT INTO identity_link (token_hash, kind, address, address_hash, participant_id, next_path,
         language, expires_at)
       VALUES ('canary', 'sign_in', 'canary.person@private.example', 'canary', :me, '/canary', 'en',
         now() + interval '1 hour')""",
    """INSERT INTO photo (key, comment_id, participant_id, alt, width, height)
       SELECT 'zebrakey', id, :me, 'canary alt', 10, 10 FROM comment WHERE status = 'hidden'
         AND text ~ 'canary'""",
    """INSERT INTO group_registration (plan_id, name, kind, area, about, email, language, expires_at)
       SELECT id, '{"en": "Canary group"}', 'other', '{}', '{"en": "canary"}',
         'canary.group@private.example', 'en', now() + interval '1 hour' FROM plan LIMIT 1""",
    """INSERT INTO group_invitation (group_id, email, language, link_hash, expires_at)
       SELECT id, 'canary.invited@private.example', 'en', 'canary', now() + interval '1 hour'
       FROM stakeholder_group WHERE slug = 'palermo-in-bici'""",
    """INSERT INTO group_position (group_id, measure_id, text, measure_version)
       SELECT g.id, m.id, '{"en": "canary draft"}', 1 FROM stakeholder_group g, measure m
       WHERE g.slug = 'palermo-in-bici' AND m.code = 'P1'""",
    """INSERT INTO audit_log (action, participant_id, subject, details)
       VALUES ('canary.act', :me, '', '{}')""",
    """INSERT INTO code_batch (key, plan_id, label, size, expires_at)
       SELECT gen_random_uuid(), id, 'canary label', 1, now() + interval '1 day' FROM plan LIMIT 1""",
    """INSERT INTO signal_word (plan_id, language, word) SELECT id, 'en', 'canaryword' FROM plan LIMIT 1""",
    """INSERT INTO api_token (account_id, name, token_hash, prefix, scopes)
       SELECT id, 'canary token', sha256('canary'), 'mob_canary', '{read}' FROM account LIMIT 1""",
    """INSERT INTO webhook (name, url, events, secret)
       VALUES ('canary receiver', 'https://canary.example/hook', '{comment.published}', 'canary')""",
    """WITH e AS (INSERT INTO open311_endpoint (plan_id, name, url, key_sealed, since)
         SELECT id, 'canary system', 'https://canary.example/v2', 'canary', now() FROM plan LIMIT 1
         RETURNING id)
       INSERT INTO open311_forward (comment_id, endpoint_id, service_code, token, due_at)
       SELECT c.id, e.id, 'canary-code', 'canary-token', now() FROM comment c, e
       WHERE c.receipt = 'CANARYCANARY'""",
    """INSERT INTO comment_case (comment_id, plan_id, received_at, reopen_reason)
       SELECT id, plan_id, now(), 'canary reason' FROM comment WHERE receipt = 'CANARYCANARY'""",
    """INSERT INTO assignment (comment_id, how, reason, since)
       SELECT id, 'person', '{"note": "canary handed on"}', now() FROM comment
       WHERE receipt = 'CANARYCANARY'""",
    """INSERT INTO internal_note (comment_id, text) SELECT id, 'canary note' FROM comment LIMIT 1""",
    """INSERT INTO comment_cluster (plan_id, title) SELECT id, 'canary cluster' FROM plan LIMIT 1""",
    """INSERT INTO reply_template (plan_id, title, texts) SELECT id, 'canary', '{}' FROM plan LIMIT 1""",
    """INSERT INTO measure_draft (plan_id, code, base_version, content)
       SELECT id, 'P99', 0, '{"measure": {"title": {"en": "canary"}}, "segments": []}' FROM plan LIMIT 1""",
    """INSERT INTO measure_draft_step (draft_id, number, act, content)
       SELECT id, 0, 'begin', content FROM measure_draft WHERE code = 'P99'""",
    """INSERT INTO answer (plan_id, office_id, language, text)
       SELECT p.id, o.id, 'en', 'canary draft' FROM plan p, office o LIMIT 1""",
    """INSERT INTO file_import (plan_id, name, size) SELECT id, 'canary.gpkg', 1 FROM plan LIMIT 1""",
)
PUBLIC_TABLES = {
    "city", "context_feature", "comment_cell", "heritage_place", "heritage_zone", "measure",
    "measure_package", "measure_version", "office", "phase", "plan", "plan_group", "segment",
    "segment_heritage", "stakeholder_group", "topic", "vote_tally", "competence", "segment_lineage",
    "plan_document",
    "answer_file", "census_area", "heritage_attribute", "heritage_grade", "heritage_statement",
    "measure_outcome", "conclusion", "open311_report", "open311_rule",
}  # fmt: skip
"""Whatever these hold may be read by everybody."""
NUMBERS_ONLY = {
    "blocked_item", "comment_review", "file_removal", "happening", "invitation_code", "notice",
    "notice_coverage", "origin_salt", "rate_limit", "recovery_code", "account_link", "group_rule_change",
    "set_aside", "sign_in_event", "vote", "vote_count", "vote_history", "vote_proposal",
    "group_document",
    "webhook_event", "webhook_delivery", "webhook_attempt",
    "task", "office_member", "answer_comment", "inbound_mail",
    "import_feature", "import_row", "import_key", "import_memory",
    "open311_log",
}  # fmt: skip
"""These hold hashes, codes and numbers, or words that a group or the city makes public."""


@pytest.fixture
def planted(committed: Flask) -> Flask:
    """A town in which every private place holds a canary."""
    with committed.app_context(), db.engine.begin() as connection:
        me = connection.execute(text(PEOPLE)).scalar_one()
        digest = hashlib.sha256(b"canary-token").digest()
        connection.execute(text(TOKEN), {"hash": digest, "me": me})
        connection.execute(text(COMMENTS), {"me": me})
        for statement in REST:
            connection.execute(text(statement), {"me": me})
    return committed


class _Links(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs) if tag != "base" else {}
        for name, value in given.items():
            if value and (name in ("href", "src") or (name == "action" and given.get("method") != "post")):
                self.found.add(value)


def addresses(app: Flask) -> list[str]:
    """Every address of the table that needs nothing but to be known."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" not in rule.methods or EXPECTED.get(rule.endpoint) not in (PUBLIC, OWN, SECRET):
                continue
            values = {**VALUES, **SPECIAL.get(rule.endpoint, {})}
            values = {name: values.get(name, 1) for name in rule.arguments}
            built = rule.build(values, append_unknown=False)
            if built:
                found.append(built[1])
    return found


def ask(client: FlaskClient, path: str) -> tuple[bytes, str]:
    """What the public gets there: all bytes with the headers, and the kind of the body."""
    answer = client.get(
        path,
        environ_overrides={"REMOTE_ADDR": NETWORK},
        headers={"User-Agent": "canary-agent", "Accept-Language": "en"},
    )
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers)
    return head.encode() + answer.data, answer.mimetype


def walk(client: FlaskClient, begin: list[str]) -> dict[str, bytes]:
    """Every answer that can be reached, by its address."""
    seen: dict[str, bytes] = {}
    waiting = list(begin)
    while waiting and len(seen) < MOST:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen[path], kind = ask(client, path)
        if kind != "text/html":
            continue
        for link in _Links(seen[path].decode("utf-8", "replace")).found:
            parts = urlsplit(urljoin(f"http://localhost{path}", link))
            onward = parts.path + (f"?{parts.query}" if parts.query else "")
            if (
                parts.netloc == "localhost"
                and not parts.path.startswith("/static/")
                and not re.search(r"[?&](next|lang)=", onward)
            ):
                waiting.append(onward)
    return seen


EXTRA = [
    f"{PLAN}/comments?q=zebra",
    f"{PLAN}/comments?status=hidden",
    f"{PLAN}/comments?status=all",
    f"{PLAN}/search?q=zebra",
    f"{PLAN}/features/comments.json?bbox=13.2,38.0,13.5,38.3",
    f"{PLAN}/features/cells.json?bbox=13.2,38.0,13.5,38.3&z=18",
    f"{PLAN}/exports/comments.geojson?status=all",
    f"{PLAN}/exports/segments.geojson",
    f"{PLAN}/exports/measures.geojson",
    f"{PLAN}/exports/cells.geojson",
    f"{PLAN}/segments/P1-03",
    "/media/zebrakey.jpg",
    "/media/zebrakey-small.jpg",
]


def test_no_public_byte_is_personal(planted: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    level = logging.getLogger().level
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        client = planted.test_client()
        with planted.app_context():
            numbers = db.session.execute(text("SELECT id FROM comment ORDER BY id")).scalars().all()
            db.session.rollback()
        begin = [*EXTRA, *(f"{PLAN}/comments/{number}" for number in numbers), "/", *addresses(planted)]
        answers = walk(client, begin)
    finally:
        logging.getLogger().setLevel(level)
    assert len(answers) > 150
    assert any(b"public word about this zebra" in body for body in answers.values())
    assert sum(b"A quiet zebra word" in body for body in answers.values()) > 5
    guilty = {path: found[0] for path, body in answers.items() if (found := FORBIDDEN.search(body))}
    assert guilty == {}
    logged = capsys.readouterr().err.encode()
    assert b"request" in logged
    found = FORBIDDEN.search(logged)
    assert found is None, logged[max(0, found.start() - 300) : found.end() + 100]


def test_every_table_is_public_or_planted() -> None:
    for room in MODELS:
        import_module(f"mobility.{room}.models")
    words = " ".join((PEOPLE, TOKEN, COMMENTS, *REST))
    planted_tables = set(re.findall(r"INSERT INTO (\w+)", words))
    unknown = set(Base.metadata.tables) - planted_tables - PUBLIC_TABLES - NUMBERS_ONLY
    assert unknown == set()
