"""What all types of the API share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, create_model

LIMIT, MOST = 50, 200
"""Items on a page when nothing is asked for, and at most."""


class Model(BaseModel):
    """Nothing more than what is described, and nothing turned into something else."""

    model_config = ConfigDict(extra="forbid", strict=True)


Texts = Annotated[
    dict[str, str],
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "examples": [{"it": "Via Maqueda a piedi", "en": "Via Maqueda on foot"}],
        }
    ),
]
"""A text in every language it exists in."""

_COORDINATES = {"type": "array", "description": "Longitude and latitude in degrees (EPSG:4326)."}
Geometry = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "type": "object",
            "description": "A geometry as in RFC 7946, in EPSG:4326.",
            "required": ["type"],
            "properties": {
                "type": {
                    "type": "string",
                    "enum": [
                        "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
                        "GeometryCollection",
                    ],
                    "description": "Kind of geometry.",
                },
                "coordinates": _COORDINATES,
                "geometries": {"type": "array", "description": "The parts of a GeometryCollection."},
            },
            "examples": [{"type": "Point", "coordinates": [13.3615, 38.1157]}],
        }
    ),
]  # fmt: skip
Instant = Annotated[
    str,
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-20T10:00:00+00:00"]}),
]
Address = Annotated[str, WithJsonSchema({"type": "string", "format": "uri"})]
Whole = Annotated[int, Field(ge=0)]


def page_of(item: type[Model], what: str) -> type[Model]:
    """The type of a page of these items."""
    name = item.__name__ + "Page"
    fields: dict[str, Any] = {
        "items": (list[item], Field(description=f"{what}, at most as many as `limit` says.")),  # type: ignore[valid-type]
        "next": (
            Address | None,
            Field(description="Address of the next page; null on the last one. Also in the header `Link`."),
        ),
    }
    made: type[Model] = create_model(name, __base__=Model, __doc__=f"One page: {what.lower()}.", **fields)
    return made


class Fault(Model):
    """One thing that is wrong with a request."""

    where: str = Field(description="`query`, `body` or `header`.")
    field: str = Field(description="Name of the parameter or property; empty for the whole.")
    message: str = Field(description="What is wrong with it. What was sent is not repeated.")


class Problem(Model):
    """What went wrong, as RFC 9457 describes it."""

    type: Address = Field(description="Address that stands for this kind of problem and describes it.")
    title: str = Field(description="The kind of problem in a few words, in the language of the answer.")
    status: int = Field(description="The HTTP status.", ge=400, le=599)
    detail: str = Field(description="What happened and what to do, in the language of the answer.")
    errors: list[Fault] = Field(default_factory=list, description="With 422: each thing that is wrong.")


def iso(moment: datetime | None) -> str | None:
    """The instant as answers write it, to the second."""
    return moment.isoformat(timespec="seconds") if moment else None
