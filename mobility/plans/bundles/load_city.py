"""Loading what belongs to the city: itself, its offices and groups, its base map and its heritage."""

from __future__ import annotations

from sqlalchemy.orm import Session

from mobility.plans.bundles.model import Bundle
from mobility.plans.bundles.writing import (
    Changes,
    columns,
    identities,
    remove,
    stored,
    table,
    upsert,
    without_none,
)

_CITY = ("slug", "name", "country", "languages", "default_language", "timezone", "srid", "attribution")
_OFFICE = ("slug", "name", "about", "email", "phone")
_GROUP = ("slug", "name", "kind", "about", "members", "area", "website")
_CONTEXT = ("code", "kind", "name", "props", "source", "accuracy_m")
_PLACE = ("code", "name", "about", "built", "property_code", "source", "accuracy_m", "website")
_ZONE = ("code", "kind", "name", "status", "source", "accuracy_m")


def load_city(session: Session, bundle: Bundle, changes: Changes) -> int:
    """The id of the city, with its offices, groups, context and heritage written.

    Offices and groups that left the bundle stay: measures and votes of other plans may need them.
    """
    city = bundle.city
    row = {**columns(city, _CITY), "contact": without_none(city.contact)}
    upsert(session, "city", [row], ["slug"], changes)
    cities = table("city")
    city_id = int(session.execute(cities.select().where(cities.c.slug == city.slug)).mappings().one()["id"])
    key = {"city_id": city_id}
    offices = [{**columns(office, _OFFICE), **key} for office in bundle.offices]
    upsert(session, "office", offices, ["city_id", "slug"], changes)
    groups = [{**columns(group, _GROUP), **key, "active": True} for group in bundle.groups]
    upsert(session, "stakeholder_group", groups, ["city_id", "slug"], changes)
    _load_context(session, bundle, city_id, changes)
    _load_heritage(session, bundle, city_id, changes)
    return city_id


def _load_context(session: Session, bundle: Bundle, city_id: int, changes: Changes) -> None:
    rows = [
        {**columns(feature, _CONTEXT), "city_id": city_id, "geom": stored(feature.geometry)}
        for feature in bundle.context
    ]
    upsert(session, "context_feature", rows, ["city_id", "code"], changes)
    _keep(session, "context_feature", [feature.code for feature in bundle.context], city_id, changes)


def _load_heritage(session: Session, bundle: Bundle, city_id: int, changes: Changes) -> None:
    places = [
        {
            **columns(place, _PLACE),
            "city_id": city_id,
            "position": position,
            "geom": stored(place.geometry),
        }
        for position, place in enumerate(bundle.places, 1)
    ]
    upsert(session, "heritage_place", places, ["city_id", "code"], changes)
    ids = identities(session, "heritage_place", "code", "city_id", city_id)
    zones = [
        {
            **columns(zone, _ZONE),
            "city_id": city_id,
            "place_id": ids[zone.place] if zone.place else None,
            "geom": stored(zone.geometry),
        }
        for zone in bundle.zones
    ]
    upsert(session, "heritage_zone", zones, ["city_id", "code"], changes)
    _keep(session, "heritage_zone", [zone.code for zone in bundle.zones], city_id, changes)
    _keep(session, "heritage_place", [place.code for place in bundle.places], city_id, changes)


def _keep(session: Session, name: str, codes: list[str], city_id: int, changes: Changes) -> None:
    """Removes the city's rows that left the bundle."""
    target = table(name)
    remove(session, name, changes, target.c.city_id == city_id, target.c.code.not_in(codes))
