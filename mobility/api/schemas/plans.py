"""Plans and what they consist of, as the API gives them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, create_model

from mobility.accounts.models import GROUP_KINDS
from mobility.api.schemas.base import Address, Geometry, Instant, Model, Texts, Whole, page_of
from mobility.consultation.models import ACTIONS
from mobility.consultation.models import RESULTS as RESULT_RULES
from mobility.exports import dictionary
from mobility.exports.results import COUNTS, LEVELS, SCORES
from mobility.plans.models import DIRECTIONS, MEASURE_KINDS, MEASURE_STATUSES, SIDES, UVAR_BLOCKS

RETIRED = "True when the city has taken it out of the plan; kept because people spoke about it."


class Plan(Model):
    """A plan that is under consultation, or was."""

    slug: str = Field(description="Its code in addresses.")
    title: Texts = Field(description="Title.")
    summary: Texts = Field(description="What it is about, in short.")
    city: str = Field(description="Code of the city.")
    city_name: Texts = Field(description="Name of the city.")
    country: str = Field(description="Country (ISO 3166-1).")
    timezone: str = Field(description="Time zone in which days count.")
    languages: list[str] = Field(description="Languages of the plan (ISO 639-1).")
    status: Literal["open", "archived"] = Field(description="Whether it is still worked on.")
    concluded_at: Instant | None = Field(description="When the city concluded the consultation.")
    licence: str = Field(description="Licence under which its data may be used.")
    attribution: Texts = Field(description="Sources to name when you use its data.")
    view: list[float] = Field(description="West, south, east, north of the first view, in degrees.")
    url: Address = Field(description="Address of its page for people.")


class PlanInFull(Plan):
    """A plan with its boundary."""

    boundary: Geometry = Field(description="Where the consultation takes place.")


class Phase(Model):
    """A dated step of the consultation."""

    slug: str = Field(description="Its code.")
    title: Texts = Field(description="Title.")
    summary: Texts = Field(description="What happens in it.")
    actions: list[Literal[ACTIONS]] = Field(description="What may be done in it.")  # type: ignore[valid-type]
    opens_at: Instant = Field(description="First moment.")
    closes_at: Instant = Field(description="First moment after it.")
    state: Literal["past", "current", "future"] = Field(description="Whether it is over, open or to come.")
    comment_level: int = Field(ge=0, le=3, description="Least identity level that may comment.")
    vote_level: int = Field(ge=0, le=3, description="Least identity level that may vote.")
    results: Literal[RESULT_RULES] = Field(description="When results are shown.")  # type: ignore[valid-type]
    moderation: Literal["post", "pre"] = Field(
        description="`pre`: comments are public once somebody read them."
    )


class Topic(Model):
    """What comments are sorted by."""

    slug: str = Field(description="Its code.")
    label: Texts = Field(description="What it is called.")


class Office(Model):
    """An office of the city that answers comments."""

    slug: str = Field(description="Its code.")
    name: Texts = Field(description="Name.")
    about: Texts = Field(description="What it does.")
    email: str | None = Field(description="Its public address.")
    phone: str | None = Field(description="Its public number.")
    deadline_days: int = Field(description="Days within which it answers.")
    active: bool = Field(description="False while another office answers for it.")


class Group(Model):
    """A recognised organisation that speaks in the consultation."""

    slug: str = Field(description="Its code.")
    name: Texts = Field(description="Name.")
    kind: Literal[GROUP_KINDS] = Field(description="Whom it stands for.")  # type: ignore[valid-type]
    about: Texts = Field(description="What it says of itself.")
    area: Texts = Field(description="Where it is at home.")
    members: int | None = Field(description="How many members it says it has.")
    website: str | None = Field(description="Its own site.")
    url: Address = Field(description="Address of its page for people.")


class Position(Model):
    """A group's vote on a segment or a measure. Groups make their votes public; persons never do."""

    segment: str | None = Field(description="Code of the segment; null for a measure as a whole.")
    measure: str = Field(description="Code of the measure.")
    position: int = Field(ge=-2, le=2, description="From -2 (strongly oppose) to 2 (strongly support).")
    condition: str | None = Field(description="What would have to be so for the position to hold.")
    reason: str | None = Field(description="Its reason in public.")
    changed_at: Instant = Field(description="When it was last changed.")


class Statement(Model):
    """What a group says about a measure in its own words."""

    group: str = Field(description="Code of the group.")
    measure: str = Field(description="Code of the measure.")
    measure_version: int = Field(description="Version of the measure it speaks about.")
    version: int | None = Field(description="1 for the first text of the group on the measure.")
    text: Texts = Field(description="The text.")
    published_at: Instant | None = Field(description="When it was published.")


class GroupVoice(Model):
    """What one group voted; one vote a group."""

    group: str = Field(description="Code of the group.")
    name: str = Field(description="Name of the group.")
    kind: str = Field(description="Whom it stands for.")
    position: int | None = Field(description="From -2 (strongly oppose) to 2 (strongly support).")


KINDS: dict[str, Any] = {
    "boolean": bool,
    "string": str,
    "integer": int,
    "number": float,
    "array": list[GroupVoice],
}


def _results() -> type[Model]:
    """The results as the files have them, described by the data dictionary."""
    fields: dict[str, Any] = {}
    for row in dictionary.RESULTS:
        for name in row.names:
            kind: Any = KINDS[row.kind]
            if name == "voices" or name.rpartition("_")[2] in (*COUNTS, SCORES[0]):
                kind = int
            level = name.rpartition("_")[0]
            meaning = str(row.meaning) + (f" Identity level: {level}." if level in LEVELS else "")
            fields[name] = (kind if name == "results_shown" else kind | None, Field(description=meaning))
    about = (
        "What people voted, each identity level and each group apart: they are never added up. All are null "
        "while the phase does not show results."
    )
    made: type[Model] = create_model("Results", __base__=Model, __doc__=about, **fields)
    return made


Results = _results()


class Voices(Model):
    """Published comments, by stance."""

    total: Whole = Field(description="All of them.")
    for_: Whole = Field(alias="for", description="Of these, for it.")
    against: Whole = Field(description="Of these, against it.")
    idea: Whole = Field(description="Of these, ideas.")
    question: Whole = Field(description="Of these, questions.")


class Source(Model):
    """An act or document behind a measure."""

    title: str = Field(description="What it is.")
    url: str | None = Field(description="Where it is to be read.")
    date: str | None = Field(description="Its date.")


class Measure(Model):
    """A measure of the plan. Its lines are its segments."""

    code: str = Field(description="Its code.")
    title: Texts = Field(description="Title.")
    summary: Texts = Field(description="What it is about, in short.")
    package: str | None = Field(description="Code of the package of measures it belongs to.")
    kind: Literal[MEASURE_KINDS] = Field(description="Kind of measure.")  # type: ignore[valid-type]
    status: Literal[MEASURE_STATUSES] = Field(description="How far it is.")  # type: ignore[valid-type]
    uvar_block: Literal[UVAR_BLOCKS] | None = Field(  # type: ignore[valid-type]
        description="Block of urban vehicle access regulation."
    )
    before: Texts = Field(description="How it is today.")
    after: Texts = Field(description="How it would be.")
    hours: Texts = Field(description="When it holds, in words.")
    opening_hours: str | None = Field(description="When it holds, in the syntax of OpenStreetMap.")
    vehicle_classes: list[str] = Field(description="Vehicles it is about.")
    exemptions: dict[str, list[str]] = Field(description="Who is exempt, by language.")
    office: str | None = Field(description="Code of the office that answers for it.")
    sources: list[Source] = Field(description="Acts and documents.")
    accuracy_m: float | None = Field(
        description="How far the drawn place may be from the true one, in metres."
    )
    version: int = Field(description="Its version now.")
    updated_at: Instant = Field(description="When it was changed last.")
    retired: bool = Field(description=RETIRED)
    comments: Voices = Field(description="Published comments about it and its segments.")
    results: Results = Field(description="Votes on the measure as a whole.")  # type: ignore[valid-type]
    url: Address = Field(description="Address of its page for people.")


class Version(Model):
    """What a measure said in one version."""

    version: int = Field(description="Number, from 1.")
    note: Texts = Field(description="What changed, as the city says it.")
    published_at: Instant = Field(description="When it was published.")
    content: dict[str, Any] = Field(description="Its texts, attributes and segments at that moment.")


class ZoneShare(Model):
    """A heritage zone that a segment lies in."""

    zone: str = Field(description="Code of the zone.")
    kind: str = Field(description="Kind of zone.")
    share: float = Field(ge=0, description="Part of the segment inside, 0 to 1.")


class Segment(Model):
    """The stretch of street, square or bay that a measure applies to."""

    code: str = Field(description="Its code.")
    measure: str = Field(description="Code of its measure.")
    street: str = Field(description="Street or square.")
    span: Texts = Field(description="Between what and what.")
    side: Literal[SIDES] = Field(description="Side of the street, seen along the line.")  # type: ignore[valid-type]
    direction: Literal[DIRECTIONS] = Field(description="Direction of travel it is about.")  # type: ignore[valid-type]
    length_m: float | None = Field(description="Length in metres; of an area, that of its outline.")
    area_m2: float | None = Field(description="Area in square metres; null for lines and points.")
    bearing_deg: float | None = Field(description="From its first to its last point, clockwise from north.")
    accuracy_m: float | None = Field(
        description="How far the drawn place may be from the true one, in metres."
    )
    source: str | None = Field(description="Where the line comes from.")
    geometry: Geometry = Field(description="Where it is.")
    heritage: list[ZoneShare] = Field(description="Heritage zones it lies in.")
    retired: bool = Field(description=RETIRED)
    comments: Voices = Field(description="Published comments about it.")
    results: Results = Field(description="Votes on it.")  # type: ignore[valid-type]
    url: Address = Field(description="Address of its page for people.")


PlanPage = page_of(Plan, "Plans")
PhasePage = page_of(Phase, "Phases")
TopicPage = page_of(Topic, "Topics")
OfficePage = page_of(Office, "Offices")
GroupPage = page_of(Group, "Groups")
PositionPage = page_of(Position, "Positions")
StatementPage = page_of(Statement, "Statements")
MeasurePage = page_of(Measure, "Measures")
VersionPage = page_of(Version, "Versions")
SegmentPage = page_of(Segment, "Segments")
