"""Words for faults of the city, of dates and of hours."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from mobility.plans.bundles.message import Message

MESSAGES: dict[str, Message] = {
    "srid": Message(
        "srid",
        _l("EPSG:%(value)s is not a projected coordinate reference system in metres."),
        _l("Choose one, such as the UTM zone of the city (32633 for Palermo)."),
    ),
    "srid-elsewhere": Message(
        "srid",
        _l("EPSG:%(value)s is made for another part of the world."),
        _l("Choose the one of the city, such as its UTM zone."),
    ),
    "timezone": Message(
        "timezone",
        _l("“%(value)s” is not a time zone."),
        _l("Write an IANA name such as “Europe/Rome”."),
    ),
    "time-missing": Message(
        "local-time",
        _l("%(value)s does not exist: clocks go forward then."),
        _l("Choose another hour."),
    ),
    "time-twice": Message(
        "local-time",
        _l("%(value)s happens twice: clocks go back then."),
        _l("Choose another hour."),
    ),
    "time-range": Message(
        "local-time",
        _l("The year %(value)s is out of range."),
        _l("Write a year from %(low)s to %(high)s."),
    ),
    "time-offset": Message(
        "wrong-type",
        _l("The time names an offset from UTC."),
        _l("Write local time without offset, such as 2026-05-01T08:00:00."),
    ),
    "phase-closes": Message(
        "phase-order",
        _l("The phase does not close after it opens."),
        _l("Exchange or correct opens_at and closes_at."),
    ),
    "phase-order": Message(
        "phase-order",
        _l("The phase opens before %(other)s, which stands above it."),
        _l("Put the phases in order of time."),
    ),
    "phase-overlap": Message(
        "phase-overlap",
        _l("The phase overlaps %(other)s."),
        _l("Let one close no later than the next opens."),
    ),
    "hours-syntax": Message(
        "hours-syntax",
        _l("“%(part)s” cannot be read as opening hours."),
        _l("Use the syntax of OpenStreetMap, such as “Mo-Fr 08:00-20:00; Sa 08:00-13:00; PH off”."),
    ),
    "view": Message(
        "view",
        _l("The view is not west, south, east, north in degrees, with west < east and south < north."),
        _l("Write for example [13.34, 38.10, 13.39, 38.13]."),
    ),
    "view-elsewhere": Message(
        "view",
        _l("The view does not meet the boundary of the plan."),
        _l("Choose a view over the boundary: %(bounds)s."),
    ),
    "view-swapped": Message(
        "view",
        _l("Longitude and latitude have changed places in the view."),
        _l("Write west, south, east, north: longitude, latitude, longitude, latitude."),
    ),
}
