"""Follow something, choose how often to be told, stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from shapely import Point
from sqlalchemy import case, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.accounts.models import Participant
from mobility.db import I18n
from mobility.errors import Conflict, Invalid, NotFound
from mobility.notices.models import RHYTHMS, Follow
from mobility.spatial.crs import metric

AREAS_MOST = 20
"""Areas one person may follow at a time."""
RADII = (100, 300, 500, 1000)
UNIQUE = {
    "own": ["participant_id"],
    "plan": ["participant_id", "plan_id"],
    "measure": ["participant_id", "measure_id"],
    "segment": ["participant_id", "segment_id"],
}


@dataclass(frozen=True)
class Wish:
    """What somebody wants to follow. `area` is a polygon as EWKT."""

    kind: str
    plan_id: int | None = None
    measure_id: int | None = None
    segment_id: int | None = None
    area: str | None = None
    radius_m: int | None = None
    place: I18n | None = None


def check_rhythm(rhythm: str | None) -> str:
    """At once or once a day. Raises Invalid."""
    if rhythm not in RHYTHMS:
        raise Invalid("rhythm", _l("Choose how often we should write to you."))
    return str(rhythm)


def circle(*, lon: float, lat: float, radius_m: int, srid: int) -> str:
    """A circle in degrees as EWKT, drawn in the metric CRS `srid`. Raises Invalid for an unknown radius."""
    if radius_m not in RADII:
        raise Invalid("radius", _l("Choose one of the distances."))
    plane = metric(srid)
    ring = plane.unproject(plane.project(Point(lon, lat)).buffer(radius_m, quad_segs=16))
    return f"SRID=4326;{ring.wkt}"


def box(edges: tuple[float, float, float, float]) -> str:
    """A box of the map (west, south, east, north) as EWKT. Raises Invalid for one larger than a city."""
    west, south, east, north = edges
    if east - west > 0.5 or north - south > 0.5:
        raise Invalid("area", _l("This part of the map is too large. Zoom in."))
    ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
    return f"SRID=4326;POLYGON(({ring}))"


def follow(
    session: Session, *, participant: Participant, wish: Wish, rhythm: str, language: str, now: datetime
) -> int:
    """The number of the follow; following again takes it up anew or changes how often.

    Raises Invalid for an unknown rhythm, Conflict without a confirmed address and for too many areas.
    """
    rhythm = check_rhythm(rhythm)
    if not participant.email:
        raise Conflict(_l("We need a confirmed e-mail address to write to you."))
    participant.language = participant.language or language
    values: dict[str, Any] = {
        "participant_id": participant.id,
        "kind": wish.kind,
        "plan_id": wish.plan_id,
        "measure_id": wish.measure_id,
        "segment_id": wish.segment_id,
        "area": wish.area,
        "radius_m": wish.radius_m,
        "place": wish.place,
        "rhythm": rhythm,
        "since": now,
    }
    if wish.kind == "area":
        return _follow_area(session, values)
    assert wish.kind in UNIQUE
    statement = insert(Follow).values(values)
    resumed = statement.on_conflict_do_update(
        index_elements=UNIQUE[wish.kind],
        index_where=Follow.kind == literal_column(f"'{wish.kind}'"),
        set_={"rhythm": rhythm, "stopped_at": None, "since": _since(now)},
    )
    return int(session.execute(resumed.returning(Follow.id)).scalar_one())


def _since(now: datetime) -> Any:
    """What happened while it was stopped is not told afterwards."""
    return case((Follow.stopped_at.is_not(None), now), else_=Follow.since)


def _follow_area(session: Session, values: dict[str, Any]) -> int:
    who = Follow.participant_id == values["participant_id"]
    session.execute(
        select(Participant.id).where(Participant.id == values["participant_id"]).with_for_update()
    )
    mine = list(
        session.scalars(select(Follow).where(who, Follow.kind == "area", Follow.stopped_at.is_(None)))
    )
    same = session.scalar(
        select(Follow.id).where(
            who,
            Follow.kind == "area",
            Follow.stopped_at.is_(None),
            func.ST_Equals(Follow.area, func.ST_GeomFromEWKT(values["area"])),
        )
    )
    if same is not None:
        session.execute(update(Follow).where(Follow.id == same).values(rhythm=values["rhythm"]))
        return same
    if len(mine) >= AREAS_MOST:
        raise Conflict(_l("You follow %(count)d areas already. Stop one of them first.", count=AREAS_MOST))
    return int(session.execute(insert(Follow).values(values).returning(Follow.id)).scalar_one())


def change_rhythm(session: Session, *, follow_id: int, participant_id: int, rhythm: str) -> None:
    """Be told at once or once a day from now on. Raises Invalid, NotFound for others' too."""
    _changed(session, follow_id, participant_id, rhythm=check_rhythm(rhythm))


def stop(session: Session, *, follow_id: int, participant_id: int, now: datetime) -> None:
    """Be told no more. Stopping twice changes nothing. Raises NotFound for others' too."""
    _changed(session, follow_id, participant_id, stopped_at=func.coalesce(Follow.stopped_at, now))


def set_own(session: Session, *, participant_id: int, rhythm: str, now: datetime) -> None:
    """How to be told of one's own comments; ``stop`` for not at all. Raises Invalid."""
    stopped = rhythm == "stop"
    chosen: dict[str, Any] = {"stopped_at": now} if stopped else {"rhythm": check_rhythm(rhythm)}
    values = {"participant_id": participant_id, "kind": "own", "since": now, **chosen}
    session.execute(
        insert(Follow)
        .values(values)
        .on_conflict_do_update(
            index_elements=UNIQUE["own"],
            index_where=Follow.kind == literal_column("'own'"),
            set_=chosen if stopped else {**chosen, "stopped_at": None, "since": _since(now)},
        )
    )


def stop_all(session: Session, *, participant_id: int, now: datetime) -> None:
    """Be told nothing more at all, of one's own comments neither."""
    own = insert(Follow).values(participant_id=participant_id, kind="own", since=now)
    session.execute(own.on_conflict_do_nothing())
    mine = update(Follow).where(Follow.participant_id == participant_id, Follow.stopped_at.is_(None))
    session.execute(mine.values(stopped_at=now))


def _changed(session: Session, follow_id: int, participant_id: int, **values: Any) -> None:
    mine = (Follow.id == follow_id) & (Follow.participant_id == participant_id)
    if session.scalar(update(Follow).where(mine).values(**values).returning(Follow.id)) is None:
        raise NotFound
