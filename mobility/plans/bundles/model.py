"""A city bundle in memory: typed, checked, in the order of the files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shapely.geometry import MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

Texts = dict[str, str]
"""One text a language."""


@dataclass(frozen=True)
class CityRecord:
    slug: str
    name: Texts
    country: str
    languages: list[str]
    default_language: str
    timezone: str
    srid: int
    attribution: Texts
    contact: dict[str, Any]


@dataclass(frozen=True)
class PlanRecord:
    slug: str
    title: Texts
    summary: Texts
    languages: list[str]
    view: list[float]
    status: str
    licence: str
    groups: list[str]
    privacy: Texts


@dataclass(frozen=True)
class OfficeRecord:
    slug: str
    name: Texts
    about: Texts
    email: str
    phone: str | None


@dataclass(frozen=True)
class GroupRecord:
    slug: str
    name: Texts
    kind: str
    about: Texts
    members: int | None
    area: Texts
    website: str | None


@dataclass(frozen=True)
class TopicRecord:
    """`sensitive`: files of open data show places of its comments only coarsely."""

    slug: str
    label: Texts
    sensitive: bool


@dataclass(frozen=True)
class PhaseRecord:
    """`opens_at` and `closes_at` are local times of the city, without offset."""

    slug: str
    title: Texts
    summary: Texts
    actions: list[str]
    opens_at: datetime
    closes_at: datetime
    min_level: int | None
    """The least level for both, where an action has none of its own."""
    comment_level: int | None
    vote_level: int | None
    results: str
    moderation: str
    languages: list[str]


@dataclass(frozen=True)
class PackageRecord:
    code: str
    title: Texts
    summary: Texts


@dataclass(frozen=True)
class MeasureRecord:
    code: str
    package: str
    title: Texts
    summary: Texts
    kind: str
    status: str
    uvar_block: str | None
    before: Texts
    after: Texts
    hours: Texts
    hours_osm: str | None
    vehicle_classes: list[str]
    exemptions: dict[str, list[str]]
    office: str
    accuracy_m: float
    sources: list[dict[str, Any]]
    change_note: Texts | None
    """What changed since the version before, in words."""


@dataclass(frozen=True)
class ContextRecord:
    code: str
    kind: str
    name: Texts
    props: dict[str, Any]
    source: str
    accuracy_m: float
    geometry: BaseGeometry


@dataclass(frozen=True)
class PlaceRecord:
    code: str
    name: Texts
    about: Texts
    built: str
    property_code: str
    source: str
    accuracy_m: float
    website: str | None
    geometry: Point


@dataclass(frozen=True)
class ZoneRecord:
    code: str
    place: str | None
    kind: str
    name: Texts
    status: str
    source: str
    accuracy_m: float
    geometry: MultiPolygon


@dataclass(frozen=True)
class SegmentRecord:
    code: str
    measure: str
    street: str
    span: Texts
    side: str
    direction: str
    source: str
    accuracy_m: float
    geometry: BaseGeometry


@dataclass(frozen=True)
class Bundle:
    """One city, its one plan, and everything the plan needs. All geometries are lon, lat and clean."""

    city: CityRecord
    plan: PlanRecord
    boundary: MultiPolygon
    offices: list[OfficeRecord]
    groups: list[GroupRecord]
    topics: list[TopicRecord]
    phases: list[PhaseRecord]
    packages: list[PackageRecord]
    measures: list[MeasureRecord]
    context: list[ContextRecord]
    places: list[PlaceRecord]
    zones: list[ZoneRecord]
    segments: list[SegmentRecord]
