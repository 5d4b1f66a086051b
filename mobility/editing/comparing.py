"""Two versions beside each other, and a draft beside what is published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.cities.models import City
from mobility.editing.cards import Size
from mobility.editing.document import Document
from mobility.editing.models import MeasureDraft
from mobility.editing.publishing import published_document
from mobility.offices.models import Office
from mobility.plans.versions import Difference, Snapshot, differences
from mobility.spatial.crs import metric
from mobility.text import pick

_SAID = ("code", "street", "span", "side", "direction")


def snapshot_of(session: Session, document: Document, city: City) -> Snapshot:
    """What a document would say as a version; what is missing in it is empty."""
    measure, ruler = document["measure"], metric(city.srid)
    query = select(Office.name).where(Office.city_id == city.id, Office.slug == measure.get("office", ""))
    sizes = {part["code"]: Size(part["geometry"], ruler) for part in document["segments"]}
    accuracy = measure.get("accuracy_m")
    return {
        **measure,
        "accuracy_m": accuracy if isinstance(accuracy, float | int) else None,
        "office": session.scalar(query),
        "segments": [
            {name: part.get(name) for name in _SAID}
            for part in sorted(document["segments"], key=lambda part: str(part["code"]))
        ],
        "drawn": {
            "segments": {
                part["code"]: {
                    "geometry": part["geometry"],
                    "length_m": sizes[part["code"]].length_m,
                    "area_m2": sizes[part["code"]].area_m2,
                    "bearing_deg": sizes[part["code"]].bearing_deg,
                }
                for part in document["segments"]
            }
        },
    }


def draft_differences(session: Session, draft: MeasureDraft, city: City, language: str) -> list[Difference]:
    """What publishing the draft would change, in words; for a new measure everything it says."""
    today = published_document(session, draft)
    before = snapshot_of(session, today, city) if today else {}
    return differences(before, snapshot_of(session, draft.content, city), language)


def outlines(snapshot: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The outlines of a version as GeoJSON; no features for versions from before outlines were kept."""
    drawn = (snapshot.get("drawn") or {}).get("segments") or {}
    features = [
        {
            "type": "Feature",
            "id": each["code"],
            "geometry": drawn[each["code"]]["geometry"],
            "properties": {
                "code": each["code"],
                "label": ", ".join(filter(None, (each["street"], pick(each["span"], language)))),
                "side": each["side"],
                "direction": each["direction"],
                "line": drawn[each["code"]]["geometry"]["type"] == "LineString",
            },
        }
        for each in snapshot.get("segments") or ()
        if each["code"] in drawn
    ]
    return {"type": "FeatureCollection", "features": features}
