"""Votes and comments posted to the platform, against a bare endpoint doing the same insert."""

from __future__ import annotations

import random
import secrets
import statistics
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg

from bench.load import Person, fire, post, visit
from bench.reports import Report
from bench.scratch import PLAN, fill, plain, scratch
from bench.servers import Server, serve

ROUNDS = 7
VOTES, COMMENTS = 1000, 500
"""Requests a round and side."""

PEOPLE = 140
TARGET = 0.6
SCENE = """
SELECT p.id, f.id FROM plan p JOIN phase f ON f.plan_id = p.id AND now() BETWEEN f.opens_at AND f.closes_at
WHERE p.slug = %s
"""
SEGMENTS = """
SELECT s.id, s.code, s.measure_id, ST_X(ST_PointOnSurface(s.geom)), ST_Y(ST_PointOnSurface(s.geom))
FROM segment s WHERE s.plan_id = %s ORDER BY s.code
"""


@dataclass
class Ground:
    """What both sides write about, and the people of the bare side."""

    plan: int
    phase: int
    topics: list[tuple[int, str]]
    segments: list[tuple[int, str, int, float, float]]
    people: list[int]


Make = Callable[[Ground, list[Person], random.Random], Iterator[tuple[bytes, bytes]]]


def read_ground(url: str) -> Ground:
    with psycopg.connect(plain(url)) as connection:
        plan, phase = connection.execute(SCENE, [PLAN]).fetchone() or (0, 0)
        people = connection.execute(
            "INSERT INTO participant (identity_level) SELECT 0 FROM generate_series(1, %s) RETURNING id",
            [PEOPLE],
        ).fetchall()
        return Ground(
            plan,
            phase,
            connection.execute("SELECT id, slug FROM topic WHERE plan_id = %s", [plan]).fetchall(),
            connection.execute(SEGMENTS, [plan]).fetchall(),
            [row[0] for row in people],
        )


def votes(ground: Ground, persons: list[Person], rng: random.Random) -> Iterator[tuple[bytes, bytes]]:
    """Pairs of first votes on segments: for the platform, and for the bare endpoint."""
    pairs = [(person, segment) for person in range(PEOPLE) for segment in range(len(ground.segments))]
    rng.shuffle(pairs)
    for who, what in pairs:
        key, code = ground.segments[what][:2]
        position = str(rng.randint(-2, 2))
        person = persons[who]
        form = {"csrf_token": person.csrf, "position": position, "voice": "", "condition": "", "reason": ""}
        bare = {
            "plan": str(ground.plan),
            "segment": str(key),
            "participant": str(ground.people[who]),
            "position": position,
            "phase": str(ground.phase),
        }
        yield post(f"/plans/{PLAN}/segments/{code}/vote", form, person.cookies), post("/vote", bare)


def comments(ground: Ground, persons: list[Person], rng: random.Random) -> Iterator[tuple[bytes, bytes]]:
    """Pairs of comments near segments."""
    while True:
        who = rng.randrange(PEOPLE)
        key, _code, measure, lon, lat = rng.choice(ground.segments)
        topic, slug = rng.choice(ground.topics)
        shared = {
            "stance": rng.choice(("for", "against", "idea", "question")),
            "text": "A safe crossing in front of the school, please: in the morning nobody stops. "
            + str(rng.random()),
            "lon": f"{lon + rng.uniform(-1, 1) * 1e-4:.7f}",
            "lat": f"{lat + rng.uniform(-1, 1) * 1e-4:.7f}",
            "key": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        }
        person = persons[who]
        form = shared | {"csrf_token": person.csrf, "topic": slug, "language": "en", "place": ""}
        bare = shared | {
            "plan": str(ground.plan),
            "participant": str(ground.people[who]),
            "phase": str(ground.phase),
            "topic": str(topic),
            "segment": str(key),
            "measure": str(measure),
            "place": '{"it": "Via Maqueda, tra Quattro Canti e Piazza Verdi", "en": "Via Maqueda"}',
            "key": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            "receipt": secrets.token_hex(6),
        }
        yield post(f"/plans/{PLAN}/comments", form, person.cookies), post("/comment", bare)


def compare(
    real: Server, bare: Server, pairs: Iterator[tuple[bytes, bytes]], requests: int
) -> list[tuple[float, float]]:
    """Requests a second of both sides, round by round; who goes first changes each time."""
    found = []
    for number in range(ROUNDS + 1):
        ours, theirs = zip(*(next(pairs) for _ in range(requests)), strict=True)
        sides = [(real.port, ours, 303), (bare.port, theirs, 303)]
        rates = [fire(*side) for side in (sides if number % 2 else sides[::-1])]
        if number:
            found.append((rates[0], rates[1]) if number % 2 else (rates[1], rates[0]))
    return found


def report(
    name: str, title: str, rates: list[tuple[float, float]], limit: float | None, claim: str
) -> Report:
    ratios = [ours / theirs for ours, theirs in rates]
    ratio = statistics.median(ratios)
    return Report(
        name,
        title,
        claim,
        ("round", "platform, requests/s", "bare, requests/s", "ratio"),
        [
            (str(number), f"{ours:.0f}", f"{theirs:.0f}", f"{ours / theirs:.2f}")
            for number, (ours, theirs) in enumerate(rates, 1)
        ],
        f"median ratio {ratio:.2f}" + (f", wanted at least {limit}" if limit else ""),
        None if limit is None else ratio >= limit,
        [
            "The platform checks cookie, CSRF token, two rate limits in the database, phase and rights.",
            "The bare endpoint runs one statement and one commit. Both fire the same triggers.",
        ],
    )


def run() -> list[Report]:
    with scratch("posting") as url:
        fill(url, comments=2000, votes=20_000)
        ground = read_ground(url)
        rng = random.Random(1)
        with serve("bench.real:app", url) as real, serve("bench.bare:app", url) as bare:
            page = f"/plans/{PLAN}/segments/{ground.segments[0][1]}"
            persons = [visit(real.port, page) for _ in range(PEOPLE)]
            pairs = votes(ground, persons, rng)
            voted = compare(real, bare, pairs, VOTES)
            spoken = compare(real, bare, comments(ground, persons, rng), COMMENTS)
    return [
        report(
            "votes", "Posting votes", voted, TARGET,
            f"A vote through the whole platform runs at {TARGET} of a bare endpoint's rate or better.",
        ),
        report(
            "comments", "Posting comments", spoken, None,
            "A comment through the whole platform: placed, described in words, checked, kept.",
        ),
    ]  # fmt: skip
