"""Which values each table and feature of a bundle has: docs/bundle.md as data."""

from __future__ import annotations

import re

from mobility.accounts.models import GROUP_KINDS
from mobility.cities.models import CONTEXT_KINDS
from mobility.heritage.models import ZONE_KINDS, ZONE_STATUSES
from mobility.plans.bundles.faults import Spot
from mobility.plans.bundles.texts import i18n, i18n_list
from mobility.plans.bundles.values import (
    BAD,
    Check,
    Field,
    Fields,
    accuracy,
    boolean,
    choice,
    email,
    integer,
    listing,
    local_time,
    number,
    optional,
    pattern,
    record,
    slug,
    text,
    url,
    wrong_type,
)
from mobility.plans.models import (
    DIRECTIONS,
    MEASURE_KINDS,
    MEASURE_STATUSES,
    PLAN_STATUSES,
    SIDES,
    UVAR_BLOCKS,
)

ACTIONS = ("inform", "comment", "vote", "answer")
RESULTS = ("always", "after_vote", "after_phase")
MODERATION = ("post", "pre")
VEHICLES = (
    "pedestrian", "bicycle", "scooter", "moped", "motorcycle", "car", "taxi", "van", "lorry", "bus", "coach",
    "tram", "carriage",
)  # fmt: skip
PLACE_STATUSES = ("inscribed",)
CUTS = ("surveyed", "axis", "estimated")

_language = pattern(re.compile(r"[a-z]{2,3}"), "it", 3)
_country = pattern(re.compile(r"[A-Z]{2}"), "IT", 2)
_licence = pattern(re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*"), "CC-BY-4.0")
_package = pattern(re.compile(r"[A-Z]{1,3}"), "P", 3)
_measure = pattern(re.compile(r"[A-Z]{1,3}[0-9]{1,2}"), "P1", 5)
_segment = pattern(re.compile(r"[A-Z]{1,3}[0-9]{1,2}-[0-9]{2,3}"), "P1-03", 9)
_place = pattern(re.compile(r"[0-9A-Za-z-]{1,32}"), "1487-004", 32)
_date = pattern(re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"), "2020-08-03", 10)

_where: Fields = {"source": Field(text(600)), "accuracy_m": Field(accuracy)}

CITY: Fields = {
    "slug": Field(slug),
    "name": Field(i18n(80)),
    "country": Field(_country),
    "languages": Field(listing(_language)),
    "default_language": Field(_language),
    "timezone": Field(text(64)),
    "srid": Field(integer(1, 999_999)),
    "attribution": Field(i18n(400)),
    "contact": Field(lambda value, spot: record(value, CONTACT, spot)),
}
CONTACT: Fields = {
    "name": Field(i18n(120)),
    "email": Field(email),
    "address": optional(text(300)),
    "phone": optional(text(40)),
    "website": optional(url),
    "privacy_email": optional(email),
}
PLAN: Fields = {
    "slug": Field(slug),
    "title": Field(i18n(120)),
    "summary": Field(i18n(600)),
    "languages": Field(listing(_language)),
    "view": Field(listing(number, least=4, distinct=False)),
    "status": Field(choice(PLAN_STATUSES)),
    "licence": Field(_licence),
    "groups": optional(listing(slug, least=0)),
    "privacy": optional(i18n(6000), {}),
}
OFFICE: Fields = {
    "slug": Field(slug),
    "name": Field(i18n(120)),
    "about": Field(i18n(400)),
    "email": Field(email),
    "phone": optional(text(40)),
}
GROUP: Fields = {
    "slug": Field(slug),
    "name": Field(i18n(120)),
    "kind": Field(choice(GROUP_KINDS)),
    "about": Field(i18n(400)),
    "members": optional(integer(1, 100_000_000)),
    "area": optional(i18n(200), {}),
    "website": optional(url),
}
TOPIC: Fields = {
    "slug": Field(slug),
    "label": Field(i18n(60)),
    "sensitive": optional(boolean, default=False),
}
PHASE: Fields = {
    "slug": Field(slug),
    "title": Field(i18n(60)),
    "summary": Field(i18n(400)),
    "actions": Field(listing(choice(ACTIONS))),
    "opens_at": Field(local_time),
    "closes_at": Field(local_time),
    "min_level": optional(integer(0, 3)),
    "comment_level": optional(integer(0, 3)),
    "vote_level": optional(integer(0, 3)),
    "results": Field(choice(RESULTS)),
    "moderation": optional(choice(MODERATION), "post"),
    "languages": optional(listing(_language, least=0), []),
}
PACKAGE: Fields = {"code": Field(_package), "title": Field(i18n(120)), "summary": Field(i18n(400))}

_SOURCE: Fields = {
    "title": Field(text(300)),
    "date": optional(_date),
    "url": optional(url),
    "illustrative": optional(boolean, default=False),
}
MEASURE: Fields = {
    "code": Field(_measure),
    "package": Field(text(16)),
    "title": Field(i18n(120)),
    "summary": Field(i18n(600)),
    "kind": Field(choice(MEASURE_KINDS)),
    "status": Field(choice(MEASURE_STATUSES)),
    "uvar_block": optional(choice(UVAR_BLOCKS)),
    "before": Field(i18n(400)),
    "after": Field(i18n(400)),
    "hours": Field(i18n(200)),
    "hours_osm": optional(text(300)),
    "vehicle_classes": Field(listing(choice(VEHICLES))),
    "exemptions": Field(i18n_list(200)),
    "office": Field(text(64)),
    "accuracy_m": Field(accuracy),
    "sources": Field(listing(lambda value, spot: record(value, _SOURCE, spot))),
    "change_note": optional(i18n(400)),
}


def _props(value: object, spot: Spot) -> object:
    """A flat object: texts, numbers, truth values, one text for each language."""
    if not isinstance(value, dict):
        return wrong_type(value, "table", spot)
    clean = {key: _prop(each, spot.at(str(key)[:40])) for key, each in value.items()}
    return BAD if BAD in clean.values() else clean


def _prop(value: object, spot: Spot) -> object:
    if isinstance(value, bool):
        return value
    checks: tuple[tuple[type | tuple[type, ...], Check], ...] = (
        ((int, float), number),
        (str, text(300)),
        (dict, i18n(300)),
    )
    for kind, check in checks:
        if isinstance(value, kind):
            return check(value, spot)
    return wrong_type(value, "flat", spot)


BOUNDARY: Fields = {"code": Field(slug), **_where}
CONTEXT: Fields = {
    "code": Field(slug),
    "kind": Field(choice(CONTEXT_KINDS)),
    "name": Field(i18n(120)),
    "props": optional(_props, {}),
    **_where,
}
PLACE: Fields = {
    "code": Field(_place),
    "name": Field(i18n(120)),
    "about": Field(i18n(400)),
    "built": Field(text(60)),
    "property_code": Field(text(32)),
    "status": Field(choice(PLACE_STATUSES)),
    "website": optional(url),
    **_where,
}
ZONE: Fields = {
    "code": Field(slug),
    "place": optional(lambda value, spot: None if value is None else _place(value, spot)),
    "kind": Field(choice(ZONE_KINDS)),
    "name": Field(i18n(120)),
    "status": Field(choice(ZONE_STATUSES)),
    **_where,
}
SEGMENT: Fields = {
    "code": Field(_segment),
    "measure": Field(text(16)),
    "street": Field(text(120)),
    "span": Field(i18n(160)),
    "side": Field(choice(SIDES)),
    "direction": Field(choice(DIRECTIONS)),
    "cut": optional(choice(CUTS), "axis"),
    **_where,
}

AREA = ("Polygon", "MultiPolygon")
LINE = ("LineString", "MultiLineString")
POINT = ("Point",)

CONTEXT_GEOMETRIES = {
    "boundary": AREA + LINE,
    "sea": AREA,
    "shore": LINE,
    "green": AREA,
    "quarter": AREA,
    "street": LINE,
    "square": POINT + AREA,
    "landmark": POINT,
    "rail": POINT + LINE,
    "parking": POINT + AREA,
    "gate": POINT,
}
SEGMENT_GEOMETRIES = ("LineString", *AREA, *POINT)
