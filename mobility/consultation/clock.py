"""Between the clock on the wall of a city and instants, where clocks are put forward and back. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

FORM = "%Y-%m-%dT%H:%M"
"""How forms write a local time."""


def exists(local: datetime, zone: ZoneInfo) -> bool:
    """Whether the clock shows this local time on that day; not in the hour that is left out in spring."""
    return local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local


def comes_twice(local: datetime, zone: ZoneInfo) -> bool:
    """Whether the clock shows this local time twice, as in the hour that is repeated in autumn."""
    first, second = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return first != second and exists(local, zone)


def instant_of(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a local time, the first of two. Raises ValueError for a time that does not exist."""
    if not exists(local, zone):
        raise ValueError(f"no {local.isoformat()} in {zone}")
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def local_form(instant: datetime, zone: ZoneInfo) -> str:
    """The instant as the clock of the city shows it, as forms write it."""
    return instant.astimezone(zone).strftime(FORM)
