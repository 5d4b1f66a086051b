"""Checks of bundle.toml and measures.toml."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mobility.plans.bundles import records
from mobility.plans.bundles.faults import Faults, Spot
from mobility.plans.bundles.files import BUNDLE, MEASURES, Raw
from mobility.plans.bundles.hours import unreadable_part
from mobility.plans.bundles.values import Fields, record, reference, shown, wrong_type
from mobility.spatial.crs import is_metric

_TABLES: dict[str, tuple[Fields, int, int]] = {
    "office": (records.OFFICE, 1, 500),
    "group": (records.GROUP, 0, 500),
    "topic": (records.TOPIC, 1, 30),
    "phase": (records.PHASE, 1, 100),
    "package": (records.PACKAGE, 1, 100),
}
_TOP = {"format", "city", "plan", *_TABLES}
_MEASURE_LIMIT = 1000

Rows = list[dict[str, Any]]


def check_city(raw: Raw, faults: Faults) -> dict[str, Any]:
    """The clean tables of bundle.toml: city, plan (dicts), office, group, topic, phase, package (lists)."""
    languages = _plan_languages(raw)
    top = Spot(faults, BUNDLE, languages=languages)
    for key in raw.keys() - _TOP:
        top.report("unknown-key", name=shown(key), known=sorted(_TOP))
    if raw.get("format") != 1 or isinstance(raw.get("format"), bool):
        top.at("format").report("format-version", found=shown(repr(raw.get("format", "–"))))
    clean: dict[str, Any] = {
        "city": _table(raw, "city", records.CITY, top),
        "plan": _table(raw, "plan", records.PLAN, top),
    }
    for name, (fields, least, most) in _TABLES.items():
        clean[name] = check_rows(raw.get(name, []), name, fields, (least, most), top)
    _check_city(clean["city"], top.at("city"))
    _check_plan(clean, top.at("plan"))
    _check_phases(clean["phase"], clean["city"].get("timezone"), top)
    _check_ways(clean["phase"], languages, top)
    return clean


def check_measures(raw: Raw, languages: tuple[str, ...] | None, faults: Faults) -> Rows:
    """The clean measures of measures.toml."""
    top = Spot(faults, MEASURES, languages=languages)
    for key in raw.keys() - {"measure"}:
        top.report("unknown-key", name=shown(key), known=["measure"])
    rows = check_rows(raw.get("measure", []), "measure", records.MEASURE, (1, _MEASURE_LIMIT), top)
    for row in rows:
        part = unreadable_part(row["hours_osm"]) if row.get("hours_osm") else None
        if part is not None:
            top.of(row["named"]).at("hours_osm").report("hours-syntax", part=shown(part))
    return rows


def check_measure_references(rows: Rows, city: dict[str, Any], faults: Faults) -> None:
    """Reports measures that name a package or an office that bundle.toml does not have."""
    for row in rows:
        spot = Spot(faults, MEASURES, row["named"])
        for key, table, name in (("package", "package", "code"), ("office", "office", "slug")):
            if key in row:
                reference(row[key], [each[name] for each in city[table] if name in each], spot.at(key))


def check_rows(source: Any, name: str, fields: Fields, count: tuple[int, int], top: Spot) -> Rows:
    """The clean rows of a list of tables; each row gets "named" that names its place for people."""
    if not isinstance(source, list):
        wrong_type(source, "tables", top.at(name))
        return []
    least, most = count
    if len(source) < least:
        top.at(name).report("too-few")
    if len(source) > most:
        top.at(name).report("too-many", count=len(source), limit=most)
    rows: Rows = []
    for index, each in enumerate(source[:most], 1):
        label = f"{name} {index}{_named(each)}"
        rows.append({**record(each, fields, top.of(label)), "named": label})
    key = "slug" if "slug" in fields else "code"
    check_duplicates(rows, key, lambda row: top.of(row["named"]).at(key))
    return rows


def check_duplicates(rows: Rows, key: str, spot: Callable[[dict[str, Any]], Spot]) -> None:
    """Reports every second use of a slug or code, naming the first."""
    seen: dict[str, str] = {}
    for row in rows:
        code = row.get(key)
        if code is None:
            continue
        if code in seen:
            spot(row).report("duplicate-code", code=code, other=seen[code])
        else:
            seen[code] = row["named"]


def _plan_languages(raw: Raw) -> tuple[str, ...] | None:
    plan = raw.get("plan")
    languages = plan.get("languages") if isinstance(plan, dict) else None
    if isinstance(languages, list) and languages and all(isinstance(each, str) for each in languages):
        return tuple(languages)
    return None


def _table(raw: Raw, name: str, fields: Fields, top: Spot) -> dict[str, Any]:
    if name not in raw:
        top.report("missing-key", name=name)
        return {}
    return record(raw[name], fields, replace(top, path=name))


def _named(source: Any) -> str:
    if not isinstance(source, dict):
        return ""
    name = source.get("slug") or source.get("code")
    return f" ({shown(name, 32)})" if isinstance(name, str) else ""


def _check_city(city: dict[str, Any], spot: Spot) -> None:
    languages = city.get("languages")
    chosen = city.get("default_language")
    if languages and chosen and chosen not in languages:
        spot.at("default_language").report("not-allowed", value=chosen, allowed=languages)
    if "srid" in city and not is_metric(city["srid"]):
        spot.at("srid").report("srid", value=city["srid"])
        del city["srid"]
    if "timezone" in city:
        try:
            ZoneInfo(city["timezone"])
        except (ValueError, OSError, LookupError):
            spot.at("timezone").report("timezone", value=shown(city["timezone"]))
            del city["timezone"]


def _check_plan(clean: dict[str, Any], spot: Spot) -> None:
    plan, known = clean["plan"], clean["city"].get("languages")
    for language in plan.get("languages", []):
        if known and language not in known:
            spot.at("languages").report("not-allowed", value=language, allowed=known)
    groups = [group["slug"] for group in clean["group"] if "slug" in group]
    if plan.get("groups") is None:
        plan["groups"] = groups
    for index, group in enumerate(plan["groups"], 1):
        reference(group, groups, spot.at("groups").at(index))
    view = plan.get("view")
    if view is None or _is_view(view):
        return
    south_first = [view[i] for i in (1, 0, 3, 2)] if len(view) == 4 else []
    swapped = _is_view(south_first) and max(abs(view[1]), abs(view[3])) > 90
    spot.at("view").report("view-swapped" if swapped else "view")
    del plan["view"]


def _is_view(view: Sequence[float]) -> bool:
    if len(view) != 4:
        return False
    west, south, east, north = view
    return -180 <= west < east <= 180 and -90 <= south < north <= 90


def _check_phases(phases: Rows, timezone: str | None, top: Spot) -> None:
    zone = ZoneInfo(timezone) if timezone else None
    before: list[dict[str, Any]] = []
    for phase in phases:
        spot = top.of(phase["named"])
        for key in ("opens_at", "closes_at"):
            if key in phase and zone:
                _check_clock(phase[key], zone, spot.at(key))
        if "opens_at" not in phase or "closes_at" not in phase:
            continue
        if phase["closes_at"] <= phase["opens_at"]:
            spot.at("closes_at").report("phase-closes")
            continue
        for other in before:
            if phase["opens_at"] < other["closes_at"] and other["opens_at"] < phase["closes_at"]:
                spot.report("phase-overlap", other=other["named"])
        if before and phase["opens_at"] < before[-1]["opens_at"]:
            spot.at("opens_at").report("phase-order", other=before[-1]["named"])
        before.append(phase)


def _check_ways(phases: Rows, languages: tuple[str, ...] | None, top: Spot) -> None:
    """Reports phases that say no level for an action, or are held in a language the plan does not have."""
    for phase in phases:
        spot = top.of(phase["named"])
        for action in ("comment", "vote"):
            said = ("min_level", f"{action}_level")
            if action in phase.get("actions", ()) and all(phase.get(key, 0) is None for key in said):
                spot.report("missing-key", name=said[1])
        for language in phase.get("languages", ()):
            if languages is not None and language not in languages:
                spot.at("languages").report("not-allowed", value=language, allowed=list(languages))


def _check_clock(local: datetime, zone: ZoneInfo, spot: Spot) -> None:
    early, late = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    if early.utcoffset() == late.utcoffset():
        return
    exists = early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local
    spot.report("time-twice" if exists else "time-missing", value=local.isoformat(" ", "minutes"))
