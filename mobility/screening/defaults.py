"""The attributes most historic centres have, for a city that begins its list."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from mobility.cities.models import City
from mobility.screening.queries import find_attribute
from mobility.screening.services import keep_attribute

USUAL: tuple[tuple[str, Any, Any], ...] = (
    (
        "setting",
        _l("Setting and views"),
        _l("What is seen of the monument and from it: sight lines, skyline, approach."),
    ),
    (
        "fabric",
        _l("Fabric of the building"),
        _l("Walls, foundations, mosaics and stone: vibration, exhaust fumes, collisions."),
    ),
    (
        "open-space",
        _l("Public space around it"),
        _l("Squares, paving, gardens and street furniture next to the monument."),
    ),
    (
        "street-pattern",
        _l("Historic street pattern"),
        _l("The lines and widths of streets, blocks and gates as they came down to us."),
    ),
    (
        "living-use",
        _l("Living use"),
        _l("Worship, markets, crafts, processions and the people who live there."),
    ),
    (
        "access",
        _l("Access and understanding"),
        _l("How people of all abilities reach the place, see it and understand it."),
    ),
)


def add_usual(session: Session, *, city: City, account_id: int | None) -> int:
    """Adds those of the usual attributes that the city does not have, in all its languages; how many."""
    added = 0
    for code, name, about in USUAL:
        if find_attribute(session, city_id=city.id, code=code):
            continue
        names, abouts = {}, {}
        for tag in city.languages:
            with force_locale(tag):
                names[tag], abouts[tag] = str(name), str(about)
        keep_attribute(
            session, city=city, name=names, about=abouts, place_id=None, account_id=account_id, code=code
        )
        added += 1
    return added
