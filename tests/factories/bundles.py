"""A small valid bundle as files, to be loaded or broken one thing at a time."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

CITY = {
    "format": 1,
    "city": {
        "slug": "testville",
        "name": {"it": "Provopoli", "en": "Testville"},
        "country": "IT",
        "languages": ["it", "en"],
        "default_language": "it",
        "timezone": "Europe/Rome",
        "srid": 32633,
        "attribution": {"it": "Dati di prova", "en": "Test data"},
        "contact": {"name": {"it": "Ufficio", "en": "Office"}, "email": "ufficio@example.org"},
    },
    "plan": {
        "slug": "testville-centre",
        "title": {"it": "Centro", "en": "Centre"},
        "summary": {"it": "Il centro.", "en": "The centre."},
        "languages": ["it", "en"],
        "view": [13.355, 38.108, 13.372, 38.122],
        "status": "open",
        "licence": "CC-BY-4.0",
    },
    "office": [
        {
            "slug": "mobility",
            "name": {"it": "Mobilità", "en": "Mobility"},
            "about": {"it": "Strade.", "en": "Streets."},
            "email": "mobilita@example.org",
        }
    ],
    "group": [
        {
            "slug": "residents",
            "name": {"it": "Residenti", "en": "Residents"},
            "kind": "residents",
            "about": {"it": "Abitano qui.", "en": "They live here."},
            "members": 120,
        }
    ],
    "topic": [
        {"slug": "walking", "label": {"it": "A piedi", "en": "Walking"}},
        {"slug": "noise", "label": {"it": "Rumore", "en": "Noise"}},
    ],
    "phase": [
        {
            "slug": "ideas",
            "title": {"it": "Idee", "en": "Ideas"},
            "summary": {"it": "Raccolta.", "en": "Collecting."},
            "actions": ["inform", "comment"],
            "opens_at": datetime.fromisoformat("2026-03-01T08:00"),
            "closes_at": datetime.fromisoformat("2026-04-01T08:00"),
            "min_level": 0,
            "results": "always",
        },
        {
            "slug": "voting",
            "title": {"it": "Voto", "en": "Voting"},
            "summary": {"it": "Si vota.", "en": "Voting."},
            "actions": ["comment", "vote"],
            "opens_at": datetime.fromisoformat("2026-04-01T08:00"),
            "closes_at": datetime.fromisoformat("2026-06-01T08:00"),
            "min_level": 0,
            "results": "after_vote",
        },
    ],
    "package": [
        {
            "code": "P",
            "title": {"it": "Pedoni", "en": "Pedestrians"},
            "summary": {"it": "Strade.", "en": "Streets."},
        }
    ],
}


def measure(code: str) -> dict[str, Any]:
    """A measure as in measures.toml."""
    return {
        "code": code,
        "package": "P",
        "title": {"it": f"Misura {code}", "en": f"Measure {code}"},
        "summary": {"it": "Sommario.", "en": "Summary."},
        "kind": "pedestrian_street",
        "status": "proposed",
        "before": {"it": "Auto.", "en": "Cars."},
        "after": {"it": "Pedoni.", "en": "People on foot."},
        "hours": {"it": "Sempre", "en": "Always"},
        "hours_osm": "Mo-Fr 08:00-20:00; Sa 08:00-13:00",
        "vehicle_classes": ["car"],
        "exemptions": {"it": ["Residenti"], "en": ["Residents"]},
        "office": "mobility",
        "accuracy_m": 20,
        "sources": [{"title": "Act 104", "date": "2020-05-14"}],
    }


def feature(code: str, geometry: dict[str, Any] | None, **properties: Any) -> dict[str, Any]:
    """A GeoJSON feature with a code, a source and an accuracy."""
    return {
        "type": "Feature",
        "properties": {"code": code, **properties, "source": "Drawn for tests.", "accuracy_m": 5},
        "geometry": geometry,
    }


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """A counterclockwise rectangle."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def line(*positions: tuple[float, float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [list(position) for position in positions]}


def segment(code: str, geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    """A segment of the measure its code begins with."""
    texts = {"street": f"Via {code}", "span": {"it": "fra A e B", "en": "between A and B"}}
    sides = {"side": "both", "direction": "both"}
    return feature(code, geometry, **{"measure": code.split("-")[0], **texts, **sides, **properties})


def _layers() -> dict[str, list[dict[str, Any]]]:
    name = {"it": "Nome", "en": "Name"}
    place = {"name": name, "about": name, "built": "1154", "property_code": "1487", "status": "inscribed"}
    return {
        "boundary": [feature("testville-centre", square(13.35, 38.105, 13.38, 38.125))],
        "context": [feature("sea", square(13.38, 38.10, 13.40, 38.13), kind="sea", name=name)],
        "heritage_places": [
            feature("1487-004", {"type": "Point", "coordinates": [13.3625, 38.1147]}, **place)
        ],
        "heritage_zones": [
            feature(
                "buffer-004",
                square(13.3605, 38.11, 13.364, 38.116),
                kind="buffer",
                name=name,
                status="illustrative",
                place="1487-004",
            )
        ],
        "segments": [
            segment("P1-01", line((13.36, 38.11), (13.36, 38.112))),
            segment("P1-02", line((13.36, 38.112), (13.362, 38.112))),
            segment("P2-01", square(13.365, 38.114, 13.366, 38.115)),
            segment("P2-02", {"type": "Point", "coordinates": [13.3631, 38.1131]}),
        ],
    }


class BundleFiles:
    """A bundle in a directory: change `city`, `measures` or `layers`, then `write`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.city: dict[str, Any] = copy.deepcopy(CITY)
        self.measures: dict[str, Any] = {"measure": [measure("P1"), measure("P2")]}
        self.layers = {name: collection(features) for name, features in _layers().items()}

    def write(self) -> Path:
        """Writes every file; returns the directory."""
        (self.directory / "layers").mkdir(parents=True, exist_ok=True)
        (self.directory / "bundle.toml").write_text(toml(self.city))
        (self.directory / "measures.toml").write_text(toml(self.measures))
        for name, document in self.layers.items():
            (self.directory / "layers" / f"{name}.geojson").write_text(json.dumps(document))
        return self.directory

    def features(self, layer: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.layers[layer]["features"]
        return found


def collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def write_bundle(directory: Path, change: Callable[[BundleFiles], object] | None = None) -> Path:
    """A small valid bundle, after `change` did something to it."""
    files = BundleFiles(directory)
    if change is not None:
        change(files)
    return files.write()


def toml(table: dict[str, Any]) -> str:
    """A table as TOML: values inline, lists of tables too."""
    return "".join(f"{key} = {_toml_value(value)}\n" for key, value in table.items())


def _toml_value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(k))} = {_toml_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml_value(each) for each in value) + "]"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return json.dumps(value, ensure_ascii=False)
