"""A comment that is not sent yet: what it says, checked against the plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.consultation.models import EFFECTS, RELATIONS, STANCES, TEXT_LIMIT, Topic
from mobility.consultation.places import Subject
from mobility.consultation.texts import clean
from mobility.errors import Invalid
from mobility.heritage.models import HeritagePlace


@dataclass(frozen=True)
class Effect:
    """What a writer thinks the measure does to a heritage place."""

    kind: str
    place: HeritagePlace


@dataclass(frozen=True)
class Draft:
    """A comment that was checked: what will be published, and where."""

    place: Subject
    topic: Topic
    stance: str
    text: str
    language: str
    effect: Effect | None = None
    relation: tuple[str, ...] = ()


def check_text(typed: str | None) -> str:
    """The text as it will be kept. Raises Invalid: empty, too long, or with signs nobody can see."""
    words, removed = clean(typed)
    if not words:
        raise Invalid("text", _l("Write your comment."))
    if len(words) > TEXT_LIMIT:
        raise Invalid(
            "text",
            _l(
                "Your comment has %(count)d characters; at most %(limit)d fit. Shorten it, or send two.",
                count=len(words),
                limit=TEXT_LIMIT,
            ),
        )
    if removed:
        raise Invalid(
            "text",
            _l("The text held invisible signs. We removed them: check that it reads as you meant it."),
        )
    return words


def find_topic(session: Session, *, plan_id: int, slug: str | None) -> Topic:
    """The topic of the plan. Raises Invalid for none and for unknown ones."""
    topic = None
    if slug and "\x00" not in slug:
        topic = session.scalar(select(Topic).where(Topic.plan_id == plan_id, Topic.slug == slug))
    if topic is None:
        raise Invalid("topic", _l("Choose a topic from the list."))
    return topic


def check_stance(stance: str | None) -> str:
    """One of the four stances. Raises Invalid."""
    if stance not in STANCES:
        raise Invalid("stance", _l("Say whether you are for it, against it, have an idea or a question."))
    return str(stance)


def check_effect(session: Session, *, city_id: int, kind: str | None, place: str | None) -> Effect | None:
    """The perceived effect; None when nothing was chosen. Raises Invalid for half an answer.

    A place alone is no answer: the form offers the one that is nearest.
    """
    if not kind:
        return None
    if kind not in EFFECTS:
        raise Invalid("effect", _l("Say whether it helps, harms or neither."))
    found = None
    if place and "\x00" not in place:
        query = select(HeritagePlace).where(HeritagePlace.city_id == city_id, HeritagePlace.code == place)
        found = session.scalar(query)
    if found is None:
        raise Invalid("effect", _l("Choose the heritage place that you mean."))
    return Effect(kind, found)


def check_relation(chosen: Iterable[str] | None) -> tuple[str, ...]:
    """Who the writer is here; what is not in the list is passed over."""
    given = set(chosen or ())
    return tuple(each for each in RELATIONS if each in given)
