"""A small town of its own, in a committed database: exports read through their own connection."""

from __future__ import annotations

import hashlib
import itertools
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from mobility.accounts.models import (
    Account,
    Delegation,
    Participant,
    ParticipantToken,
    PlanGroup,
    StaffRole,
    StakeholderGroup,
)
from mobility.cities.models import City
from mobility.consultation.models import Comment, Phase, Topic, Vote
from mobility.heritage.models import HeritageZone
from mobility.offices.models import Office
from mobility.plans.models import Measure, MeasurePackage, Plan, Segment, SegmentHeritage

SLUG = "little-town"
DAY = timedelta(days=1)
EMAIL = "maria.rossi@example.org"
ACCOUNT_EMAIL = "planner.bianchi@example.org"
ACCOUNT_NAME = "Giuseppina Bianchi-Planner"
TOKEN = "token-of-a-participant-4711"
NOTE = "note of the moderator about the author"

CLOCKWISE = (
    "POLYGON((13.36 38.11, 13.36 38.12, 13.37 38.12, 13.37 38.11, 13.36 38.11),"
    " (13.363 38.113, 13.366 38.113, 13.366 38.116, 13.363 38.116, 13.363 38.113))"
)
"""A square with a square hole, both rings the wrong way round."""
LINE = "LINESTRING(13.123456789012 38.111111111111, 13.35 38.12)"
POINT = "POINT(13.355 38.115)"

_keys = itertools.count(1)


@dataclass
class Town:
    """Ids and rows the tests ask for."""

    plan: int = 0
    city: int = 0
    phases: dict[str, int] = field(default_factory=dict)
    topics: dict[str, int] = field(default_factory=dict)
    measures: dict[str, int] = field(default_factory=dict)
    segments: dict[str, int] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)


def _add(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row


def build(session: Session) -> Town:
    """City, plan, two phases, two measures with three segments, two groups; nobody has spoken."""
    town = Town()
    i18n = {"it": "Piccola città", "en": "Little town"}
    city = _add(
        session,
        City(
            slug=SLUG, name=i18n, country="IT", languages=["it", "en"], default_language="it", srid=32633,
            timezone="Europe/Rome", contact={},
            attribution={"it": "Dati del comune", "en": "Data of the town"},
        ),
    )  # fmt: skip
    plan = _add(
        session,
        Plan(
            city_id=city.id, slug=SLUG, title={"it": "Piano", "en": "The \"plan\""}, summary=i18n,
            languages=["it", "en"], view=[13.1, 38.0, 13.5, 38.3], status="open", licence="CC-BY-4.0",
            boundary="SRID=4326;MULTIPOLYGON(((13 38, 14 38, 14 39, 13 39, 13 38)))",
        ),
    )  # fmt: skip
    town.city, town.plan = city.id, plan.id
    now = datetime.now(UTC)
    for slug, opens in (("first", now - 30 * DAY), ("second", now - 10 * DAY)):
        phase = Phase(
            plan_id=plan.id, slug=slug, title=i18n, summary=i18n, actions=["comment", "vote"],
            opens_at=opens, closes_at=opens + 20 * DAY,
        )  # fmt: skip
        town.phases[slug] = _add(session, phase).id
    for position, slug in enumerate(("safety", "noise")):
        topic = Topic(plan_id=plan.id, slug=slug, label=i18n, position=position)
        town.topics[slug] = _add(session, topic).id
    for slug in ("cyclists", "traders"):
        group = StakeholderGroup(
            city_id=city.id, slug=slug, kind=slug if slug == "traders" else "cycling", about=i18n, area={},
            name={"it": f"Gruppo {slug}", "en": f"Group {slug}"},
        )  # fmt: skip
        town.groups[slug] = _add(session, group).id
        _add(session, PlanGroup(plan_id=plan.id, group_id=group.id))
    _streets(session, town)
    return town


def _streets(session: Session, town: Town) -> None:
    office = _add(session, Office(city_id=town.city, slug="roads", name={"it": "Ufficio strade"}, about={}))
    package = _add(session, MeasurePackage(plan_id=town.plan, code="P", title={}, summary={}, position=0))
    for position, code in enumerate(("M1", "M2")):
        measure = Measure(
            plan_id=town.plan, code=code, title={"it": f"Misura {code}", "en": f"Measure {code}"},
            summary={"it": "Solo in italiano"}, kind="pedestrian_street", status="trial", before={},
            after={}, hours={}, vehicle_classes=["bus"], exemptions={"en": ["residents"]}, sources=[],
            position=position, office_id=office.id, package_id=package.id,
        )  # fmt: skip
        town.measures[code] = _add(session, measure).id
    for position, (code, measure, shape) in enumerate(
        (("M1-01", "M1", LINE), ("M1-02", "M1", CLOCKWISE), ("M2-01", "M2", POINT))
    ):
        segment = Segment(
            plan_id=town.plan, measure_id=town.measures[measure], code=code, street='Via "Roma"',
            span={"it": "tra A e B", "en": "between A and B"}, geom=f"SRID=4326;{shape}", side="both",
            direction="forward", length_m=123.456, position=position,
        )  # fmt: skip
        town.segments[code] = _add(session, segment).id
    zone = HeritageZone(
        city_id=town.city, code="Z1", kind="buffer", status="illustrative", name={"it": "Zona", "en": "Zone"},
        geom="SRID=4326;MULTIPOLYGON(((13 38, 14 38, 14 39, 13 39, 13 38)))",
    )  # fmt: skip
    _add(session, zone)
    _add(session, SegmentHeritage(segment_id=town.segments["M1-01"], zone_id=zone.id, share=0.5))


def add_comment(session: Session, town: Town, text: str = "A comment", **changes: Any) -> Comment:
    """A published comment; `topic`, `phase`, `measure` and `segment` by slug or code."""
    number = next(_keys)
    values: dict[str, Any] = {
        "plan_id": town.plan, "text": text, "stance": "for", "channel": "web", "language": "en",
        "geom": "SRID=4326;POINT(13.361424 38.115672)", "place": {"it": "In piazza", "en": "In the square"},
        "receipt": f"RCPT{number:08d}", "idempotency_key": uuid.uuid4(),
        "topic_id": town.topics[changes.pop("topic", "safety")],
        "phase_id": town.phases[changes.pop("phase", "second")],
    }  # fmt: skip
    for name, ids in (("measure", town.measures), ("segment", town.segments)):
        if name in changes:
            values[f"{name}_id"] = ids[changes.pop(name)]
    return _add(session, Comment(**(values | changes)))


def add_vote(
    session: Session, town: Town, subject: str, position: int, *, level: int = 0, group: str | None = None
) -> Vote:
    """A vote of a new participant on a segment or measure, by code."""
    token = hashlib.sha256(f"{TOKEN}{next(_keys)}".encode()).digest()
    voter = _add(session, Participant(identity_level=level))
    _add(session, ParticipantToken(token_hash=token, participant_id=voter.id))
    name = "segment_id" if subject in town.segments else "measure_id"
    vote = Vote(
        plan_id=town.plan, participant_id=voter.id, group_id=town.groups[group] if group else None,
        position=position, phase_id=town.phases["second"], identity_level=level,
        **{name: (town.segments | town.measures)[subject]},
    )  # fmt: skip
    return _add(session, vote)


def add_people(session: Session) -> tuple[Account, Participant]:
    """A planner with an account, and a participant known by e-mail and token."""
    account = Account(email=ACCOUNT_EMAIL, password_hash="x", name=ACCOUNT_NAME)
    _add(session, account)
    _add(session, StaffRole(account_id=account.id, role="planner"))
    token = hashlib.sha256(TOKEN.encode()).digest()
    person = _add(session, Participant(identity_level=1, email=EMAIL))
    _add(session, ParticipantToken(token_hash=token, participant_id=person.id))
    return account, person


def add_delegate(session: Session, town: Town, group: str) -> Participant:
    """A participant whose account is a delegate of the group."""
    account = _add(session, Account(email=f"{group}@example.org", password_hash="x", name=group))
    _add(session, Delegation(group_id=town.groups[group], account_id=account.id))
    return _add(session, Participant(identity_level=3, account_id=account.id))
