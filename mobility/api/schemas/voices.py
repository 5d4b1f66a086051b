"""What people said and what the city answered, and heritage, as the API gives them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mobility.answers.models import CASE_STATES
from mobility.api.schemas.base import Address, Geometry, Instant, Model, Texts, Whole, page_of
from mobility.consultation.models import CHANNELS, EFFECTS, SCOPES, STANCES
from mobility.heritage.models import ZONE_KINDS, ZONE_STATUSES
from mobility.ledger.models import OUTCOMES


class Answer(Model):
    """What an office answered; one answer may be given to several comments."""

    id: int = Field(description="Its number.")
    office: str = Field(description="Code of the office.")
    comments: list[int] = Field(description="Numbers of the public comments it answers, at most 200.")
    language: str = Field(description="Language of the text (ISO 639-1).")
    text: str = Field(description="The answer.")
    published_at: Instant = Field(description="When it was published.")
    replaces: int | None = Field(description="Number of the answer that it took the place of.")


class Comment(Model):
    """A published comment. Nothing tells who wrote it."""

    id: int = Field(description="Its number.")
    text: str = Field(description="What was written, as it was written; empty when its author took it away.")
    scope: Literal[SCOPES] = Field(description="What it is about.")  # type: ignore[valid-type]
    stance: Literal[STANCES] = Field(description="How its author sees it.")  # type: ignore[valid-type]
    topic: str = Field(description="Slug of the topic.")
    phase: str = Field(description="Slug of the phase in which it was sent.")
    measure: str | None = Field(description="Code of the measure it was placed on.")
    segment: str | None = Field(description="Code of the segment it was placed on.")
    measure_version: int | None = Field(description="Version of the measure when it was written.")
    place: Texts = Field(description="Where it is, in words.")
    geometry: Geometry | None = Field(description="The point, line or area; null for the whole plan.")
    coarse_place: bool = Field(
        description="True when its topic is sensitive: the point is the centre of a cell of about one "
        "kilometre, `segment` is null and `place` empty."
    )
    perceived_effect: Literal[EFFECTS] | None = Field(  # type: ignore[valid-type]
        description="What its author thinks the measure does to a heritage place; not an expert's grade."
    )
    heritage_place: str | None = Field(description="Code of that heritage place.")
    channel: Literal[CHANNELS] = Field(description="How it reached the city; `sample`: invented.")  # type: ignore[valid-type]
    language: str = Field(description="Language of the text (ISO 639-1).")
    created_at: Instant = Field(description="When it was sent.")
    edited_at: Instant | None = Field(description="When its author changed it.")
    endorsements: Whole = Field(description="How many agree with it.")
    replies: Whole = Field(description="How many public replies it has.")
    office: str | None = Field(description="Code of the office that answers it.")
    case: Literal[CASE_STATES] | None = Field(description="How far the answer is.")  # type: ignore[valid-type]
    due_at: Instant | None = Field(description="By when it is to be answered.")
    answered_at: Instant | None = Field(description="When it was first answered.")
    answer: Answer | None = Field(description="The answer in force.")
    url: Address = Field(description="Address of its page for people.")


class Reply(Model):
    """A public reply to a comment."""

    id: int = Field(description="Its number.")
    side: Literal["for", "against"] = Field(description="Whether it speaks for the comment or against it.")
    voice: Literal["person", "group", "city"] = Field(description="In whose name it speaks.")
    group: str | None = Field(description="Code of the group in whose name it speaks.")
    text: str = Field(description="The text; empty when its author took it away.")
    language: str = Field(description="Language of the text (ISO 639-1).")
    created_at: Instant = Field(description="When it was sent.")


class Sent(Model):
    """A comment that was taken."""

    id: int = Field(description="Its number.")
    status: Literal["published", "pending"] = Field(
        description="`pending`: public once somebody has read it."
    )
    receipt: str = Field(description="Secret code with which its author follows or withdraws it: hand it on.")
    url: Address = Field(description="Address of its page for people, once it is public.")
    receipt_url: Address = Field(description="Address of its receipt.")


class HeritagePlace(Model):
    """A component part of the World Heritage property."""

    code: str = Field(description="Its code.")
    name: Texts = Field(description="Name.")
    about: Texts = Field(description="What it is.")
    built: str | None = Field(description="When it was built.")
    property_code: str | None = Field(description="Number in the World Heritage List.")
    website: str | None = Field(description="Its own site.")
    source: str | None = Field(description="Where the position comes from.")
    accuracy_m: float | None = Field(description="How far the position may be off, in metres.")
    geometry: Geometry = Field(description="Where it is.")


class HeritageZone(Model):
    """An area that protects heritage."""

    code: str = Field(description="Its code.")
    name: Texts = Field(description="Name.")
    kind: Literal[ZONE_KINDS] = Field(description="What it is.")  # type: ignore[valid-type]
    status: Literal[ZONE_STATUSES] = Field(description="How sure its outline is.")  # type: ignore[valid-type]
    place: str | None = Field(description="Code of the heritage place it belongs to.")
    source: str | None = Field(description="Where the outline comes from.")
    accuracy_m: float | None = Field(description="How far the outline may be off, in metres.")
    geometry: Geometry = Field(description="Its outline.")


class Cell(Model):
    """A square of the grid of web maps that holds published comments with a place."""

    z: int = Field(description="Zoom of the grid.")
    x: int = Field(description="Column, as in web map tiles.")
    y: int = Field(description="Row, as in web map tiles.")
    comments: Whole = Field(description="Published comments in it, within the filter.")
    for_: Whole = Field(alias="for", description="Of these, for something.")
    against: Whole = Field(description="Of these, against something.")
    idea: Whole = Field(description="Of these, ideas.")
    question: Whole = Field(description="Of these, questions.")
    geometry: Geometry = Field(description="The square.")


class Outcome(Model):
    """What the city decided about a measure, and why."""

    measure: str = Field(description="Code of the measure.")
    outcome: Literal[OUTCOMES] = Field(description="What became of it.")  # type: ignore[valid-type]
    why: Texts = Field(description="The city's reasons.")
    version: int | None = Field(description="Version of the measure that the decision led to.")
    decided_at: Instant = Field(description="When it was decided.")


AnswerPage = page_of(Answer, "Answers")
CommentPage = page_of(Comment, "Comments")
ReplyPage = page_of(Reply, "Replies")
HeritagePlacePage = page_of(HeritagePlace, "Heritage places")
HeritageZonePage = page_of(HeritageZone, "Heritage zones")
CellPage = page_of(Cell, "Cells")
OutcomePage = page_of(Outcome, "Outcomes")
