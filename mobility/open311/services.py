"""What may be reported, and what a report becomes: a comment like any other, under the same rules."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.accounts.keys import keyed_hash
from mobility.accounts.models import Participant
from mobility.accounts.services import token_participant
from mobility.cities.models import City
from mobility.consultation import drafts, languages, places
from mobility.consultation.comments import check_free, open_step, sent_before, submit_comment
from mobility.consultation.models import Comment
from mobility.consultation.phases import Step
from mobility.errors import Forbidden, Invalid
from mobility.open311.models import Report
from mobility.plans.models import Plan

REPORTER, CONTENT = "open311 reporter", "open311 report"
STANCE, MEASURE = "attribute[stance]", "attribute[measure]"
SAID = ("service_code", "lat", "long", "address_id", "description", STANCE, MEASURE)
WHO = ("device_id", "account_id", "email")
"""By which of the fields a reporter is told from others; only a keyed hash of it is kept."""


@dataclass(frozen=True)
class Key:
    """The API key of a request and the secret with which hashes are made."""

    id: int
    secret: str


def take_report(
    session: Session,
    *,
    plan: Plan,
    city: City,
    steps: list[Step],
    topic: str,
    given: Mapping[str, str],
    key: Key,
    asked_key: str,
    language: str,
    now: datetime,
) -> tuple[Comment, Report]:
    """The comment of a report; the one already made when the same report arrives again on the same day.

    Raises CommentingClosed, Blocked, Forbidden and Invalid, whose field is the name of the parameter.
    """
    who = next((f"{name}:{given[name].strip().lower()}" for name in WHO if given.get(name, "").strip()), "")
    said = "|".join(given.get(name, "") for name in SAID)
    mark = asked_key or f"{now.date().isoformat()}|{who}|{said}"
    form_key = uuid.UUID(bytes=keyed_hash(key.secret, CONTENT, f"{key.id}|{mark}")[:16], version=4)
    person = _reporter(session, key, who or str(form_key), now)
    comment = sent_before(session, key=form_key, participant_id=person.id)
    if comment is None:
        check_free(person)
        step = open_step(steps, level=person.identity_level, now=now)
        draft = _draft(session, plan, city, topic, given, language)
        comment = submit_comment(
            session, plan=plan, step=step, participant=person, draft=draft, idempotency_key=form_key,
            channel="api", now=now,
        )  # fmt: skip
    values = {"comment_id": comment.id, "token": secrets.token_urlsafe(18), "api_token_id": key.id}
    session.execute(insert(Report).values(values).on_conflict_do_nothing(index_elements=["comment_id"]))
    return comment, session.get_one(Report, comment.id)


def _reporter(session: Session, key: Key, who: str, now: datetime) -> Participant:
    """The participant for whom this program speaks: the same one for the same device or person."""
    token = keyed_hash(key.secret, REPORTER, f"{key.id}|{who}").hex()
    found = token_participant(session, token=token, create=True, now=now)
    if found is None:
        raise Forbidden
    return found


def _draft(
    session: Session, plan: Plan, city: City, topic: str, given: Mapping[str, str], language: str
) -> drafts.Draft:
    """What the report says, checked as a comment on the web is."""
    text = drafts.check_text(given.get("description"))
    stance = drafts.check_stance(given.get(STANCE))
    guess = languages.detect(text, page=language, plan=plan.languages)
    return drafts.Draft(
        place=_place(session, plan, city, given),
        topic=drafts.find_topic(session, plan_id=plan.id, slug=topic),
        stance=stance,
        text=text,
        language=languages.choose("", guess=guess, plan=plan.languages),
    )


def _place(session: Session, plan: Plan, city: City, given: Mapping[str, str]) -> places.Subject:
    """Where it is: a position, an entry of our list (`address_id`), or a measure. Raises Invalid("lat")."""
    lat, lon, listed = given.get("lat", ""), given.get("long", ""), given.get("address_id", "")
    if not (lat or lon or listed) and given.get(MEASURE):
        listed = f"measure:{given[MEASURE]}"
    if not (listed or (lat and lon)):
        raise Invalid(
            "lat", _l("Send lat and long, or address_id: an address in words alone cannot be placed here.")
        )
    if lat and lon:
        return places.read_subject(session, plan=plan, city=city, lon=lon, lat=lat)
    return places.read_subject(session, plan=plan, city=city, choice=listed[:80])
