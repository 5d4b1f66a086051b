"""Parameters and bodies that the API takes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from mobility.api.schemas.base import LIMIT, MOST, Model
from mobility.consultation.filters import WORDS_LIMIT
from mobility.consultation.models import STANCES, TEXT_LIMIT


def _digits(typed: Any) -> Any:
    """Only plain digits make a number: no spaces, signs, points or underscores."""
    if isinstance(typed, str) and typed.isascii() and typed.isdecimal() and len(typed) < 10:
        return int(typed)
    raise ValueError("a whole number is written in digits")


DIGITS = BeforeValidator(_digits)
Code = Annotated[str, StringConstraints(max_length=80)]
Day = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-01"]}),
]
"""Whether there is such a day is checked by the filter, which the screens use too."""
BOX = r"^-?\d+(\.\d+)?(,-?\d+(\.\d+)?){3}$"


UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"


class Query(BaseModel):
    """Parameters of an address. Unknown ones are refused, so that a slip is noticed."""

    model_config = ConfigDict(extra="forbid")

    lang: Literal["it", "en"] | None = Field(
        None, description="Language of messages; else the header `Accept-Language` counts."
    )


class Paged(Query):
    """Which page of a list."""

    limit: Annotated[int, Field(ge=1, le=MOST), DIGITS] = Field(
        LIMIT, description=f"Items on a page, at most {MOST}."
    )
    after: Annotated[str, StringConstraints(max_length=400)] | None = Field(
        None, description="Where the page begins: opaque, taken from `next` of the page before."
    )


class Measures(Paged):
    """Which measures."""

    retired: Literal["no", "yes"] = Field("no", description="`yes`: also what is no longer in the plan.")


class Segments(Measures):
    """Which segments."""

    measure: Code | None = Field(None, description="Code of the measure.")


class Comments(Paged):
    """Which comments: the filter that screens and files have."""

    topic: Code | None = Field(None, description="Slug of the topic.")
    stance: Literal["for", "against", "idea", "question"] | None = Field(None, description="The stance.")
    measure: Code | None = Field(None, description="Code of the measure.")
    segment: Code | None = Field(None, description="Code of the segment.")
    phase: Code | None = Field(None, description="Slug of the phase in which it was sent.")
    q: Annotated[str, StringConstraints(max_length=WORDS_LIMIT)] | None = Field(
        None, description="Words in the text; quotes and a minus work as in a search engine."
    )
    since: Day | None = Field(None, description="First day, in the time of the city.")
    until: Day | None = Field(None, description="Last day, in the time of the city.")
    bbox: Annotated[str, StringConstraints(pattern=BOX, max_length=200)] | None = Field(
        None,
        description="West, south, east, north in degrees.",
        json_schema_extra={"examples": ["13.35,38.11,13.37,38.12"]},
    )
    order: Literal["newest", "oldest"] = Field(
        "newest", description="`oldest` is good for reading along: what is new comes on later pages."
    )


class Cells(Paged):
    """Which cells, of which comments."""

    z: Annotated[int, Field(ge=12, le=18), DIGITS] = Field(15, description="Zoom of the grid, 12 to 18.")
    topic: Code | None = Field(None, description="Slug of the topic.")
    stance: Literal["for", "against", "idea", "question"] | None = Field(None, description="The stance.")
    phase: Code | None = Field(None, description="Slug of the phase in which it was sent.")


class Sending(BaseModel):
    """Headers of a comment that is sent."""

    model_config = ConfigDict(extra="ignore")

    key: Annotated[str, StringConstraints(pattern=UUID)] = Field(
        alias="Idempotency-Key",
        description="A UUID of your own for this comment. Sent again with it, the comment is made once.",
    )


class Point(Model):
    """A position."""

    lon: float = Field(ge=-180, le=180, allow_inf_nan=False, description="Longitude in degrees.")
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False, description="Latitude in degrees.")


class NewComment(Model):
    """A comment that somebody made elsewhere, such as at a counter or in an app of the city."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {
                    "text": "The crossing needs a longer green light.",
                    "stance": "idea",
                    "topic": "sicurezza",
                    "segment": "P1-03",
                    "language": "en",
                }
            ]
        },
    )

    text: Annotated[str, StringConstraints(min_length=1, max_length=TEXT_LIMIT)] = Field(
        description="What is said. It becomes public: no names, addresses or numbers of people."
    )
    stance: Literal["for", "against", "idea", "question"] = Field(description="How its author sees it.")
    topic: Annotated[str, StringConstraints(min_length=1, max_length=80)] = Field(
        description="Slug of a topic of the plan."
    )
    point: Point | None = Field(None, description="Where it is; or give a segment, a measure, or neither.")
    segment: Code | None = Field(None, description="Code of the segment it is about.")
    measure: Code | None = Field(None, description="Code of the measure it is about.")
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] | None = Field(
        None, description="Language of the text (ISO 639-1); guessed when it is left out."
    )


assert STANCES == ("for", "against", "idea", "question")
