"""Which cases the reader may see: clerks those of their offices, planners all."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from mobility import web
from mobility.consultation.views.desk import must
from mobility.consultation.views.frame import Frame
from mobility.extensions import db, limiter
from mobility.offices.models import Office
from mobility.offices.queries import my_offices, offices_of

each_clerk = limiter.limit("120 per minute", key_func=web.participant_key)


def scope(frame: Frame) -> frozenset[int] | None:
    """The offices for which the reader answers; None for those who see every case. Raises Forbidden."""
    account_id = must("answer", frame)
    if web.may("manage_offices", frame.plan.id):
        return None
    return frozenset(my_offices(db.session, account_id=account_id))


def offices(frame: Frame, mine: frozenset[int] | None = None) -> list[Office]:
    """The city's offices, or those of the reader."""
    found = offices_of(db.session, city_id=frame.city.id)
    return found if mine is None else [each for each in found if each.id in mine]


def zone(frame: Frame) -> ZoneInfo:
    return ZoneInfo(frame.city.timezone)
