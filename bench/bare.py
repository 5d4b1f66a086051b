"""The peer: bare Flask and psycopg, one statement and one commit, without checks, cookies or limits.

It writes to the same tables, so the same triggers, indexes and constraints work for it.
"""

from __future__ import annotations

import os

from flask import Flask, redirect, request
from psycopg_pool import ConnectionPool
from werkzeug import Response

VOTE = """
INSERT INTO vote (plan_id, segment_id, participant_id, position, phase_id, identity_level,
  cast_at, changed_at)
VALUES (%(plan)s, %(segment)s, %(participant)s, %(position)s, %(phase)s, 0, now(), now())
ON CONFLICT (segment_id, participant_id) WHERE group_id IS NULL AND segment_id IS NOT NULL
DO UPDATE SET position = excluded.position, changed_at = excluded.changed_at
"""
COMMENT = """
INSERT INTO comment (plan_id, participant_id, phase_id, topic_id, segment_id, measure_id, stance, text, geom,
  snap_distance_m, place, language, receipt, idempotency_key)
VALUES (%(plan)s, %(participant)s, %(phase)s, %(topic)s, %(segment)s, %(measure)s, %(stance)s, %(text)s,
  ST_SetSRID(ST_Point(%(lon)s, %(lat)s), 4326), 3.2, %(place)s, 'en', %(receipt)s, %(key)s)
"""

app = Flask(__name__)
pool = ConnectionPool(os.environ["MOBILITY_DATABASE_URL"], min_size=1, max_size=8, open=False)


def run(statement: str) -> Response:
    if pool.closed:
        pool.open()
    with pool.connection() as connection:
        connection.execute(statement, request.form)
    return redirect("/", 303)


@app.get("/healthz")
def healthz() -> str:
    return "ok"


@app.post("/vote")
def vote() -> Response:
    return run(VOTE)


@app.post("/comment")
def comment() -> Response:
    return run(COMMENT)
