"""A plan's facts for scenes, words for every key, and comments pinned in Palermo."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.consultation.models import Comment, Phase, Topic
from mobility.maps.scenes import Facts
from mobility.maps.texts import scene_texts
from mobility.plans.models import MEASURE_KINDS, Plan

ROOT = "/plans/palermo-centro"
CENTRE = (13.3615, 38.1157)
AROUND = "13.3610,38.1150,13.3620,38.1160"
"""A box round CENTRE."""


@pytest.fixture
def facts() -> Facts:
    return Facts(
        root=ROOT,
        view=(13.348, 38.106, 13.378, 38.124),
        revision=7,
        language="en",
        bundle="/static/dist/map-TEST.js",
        kinds=MEASURE_KINDS,
    )


@pytest.fixture
def words(app: Flask) -> dict[str, str]:
    """The words of a scene as a visitor without a preference gets them."""
    with app.test_request_context():
        return scene_texts()


@pytest.fixture
def plan(session: Session) -> Plan:
    return session.scalars(select(Plan).where(Plan.slug == "palermo-centro")).one()


@pytest.fixture
def say(session: Session, plan: Plan) -> Callable[..., Comment]:
    """Pins a published comment: `say(lon, lat, stance="against")`."""
    phases = select(Phase.id).where(Phase.plan_id == plan.id, Phase.actions.contains(["comment"]))
    phase = session.scalars(phases).first()
    topic = session.scalars(select(Topic.id).where(Topic.plan_id == plan.id, Topic.slug == "walking")).one()
    numbers = itertools.count(1)

    def pin(lon: float = CENTRE[0], lat: float = CENTRE[1], **values: Any) -> Comment:
        number = next(numbers)
        comment = Comment(
            **{
                "plan_id": plan.id,
                "phase_id": phase,
                "topic_id": topic,
                "stance": "for",
                "text": f"Comment number {number}",
                "geom": f"SRID=4326;POINT({lon} {lat})",
                "place": {"it": "Quattro Canti", "en": "Quattro Canti"},
                "language": "en",
                "receipt": f"MAPTEST{number:05d}",
                "idempotency_key": uuid.uuid4(),
            }
            | values
        )
        session.add(comment)
        session.flush()
        return comment

    return pin
