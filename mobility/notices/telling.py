"""Tells people, at once or once a day; the message is queued in the transaction that notes it as told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import force_locale
from sqlalchemy import delete, exists
from sqlalchemy.orm import Session

from mobility.accounts.models import Participant
from mobility.jobs import Site
from mobility.mail.services import queue_mail
from mobility.notices import queries, wording
from mobility.notices.links import Stop, stop_token
from mobility.notices.models import Happening, Notice
from mobility.notices.wording import Line

HOUR = time(7)
"""When digests are sent, in the city's time."""
KEEP = timedelta(days=90)


def digest_moment(now: datetime, zone: ZoneInfo) -> datetime:
    """The last time it struck seven in the city, at `now` or before, whatever the clocks were changed to."""
    local = now.astimezone(zone)
    day = local.date() if local.timetz().replace(tzinfo=None) >= HOUR else local.date() - timedelta(days=1)
    return datetime.combine(day, HOUR, zone)


def tell_at_once(session: Session, *, now: datetime, site: Site) -> int:
    """How many messages were queued: one for each happening."""
    queued = 0
    for participant_id in queries.untold_people(session, rhythm="immediate"):
        waiting = queries.take_untold(session, participant_id=participant_id, rhythm="immediate")
        for notice, found, person, language in readable(session, participant_id, waiting, now):
            with force_locale(language):
                follow = notice.follow_id and queries.find_follow(
                    session, follow_id=notice.follow_id, participant_id=participant_id
                )
                why = wording.followed(follow, language) if follow else ""
                link = stop_link(site, participant_id, notice.follow_id)
                subject, body = wording.one_message(found, why, link)
            key = f"notice:{notice.happening_id}:{participant_id}"
            queued += send(session, key, person, subject, body, language, link)
    return queued


def tell_daily(session: Session, *, now: datetime, site: Site) -> int:
    """How many digests were queued, with what waited already when it struck seven."""
    moment = digest_moment(now, ZoneInfo(queries.time_zone(session)))
    queued = 0
    for participant_id in queries.untold_people(session, rhythm="daily", before=moment):
        waiting = queries.take_untold(session, participant_id=participant_id, rhythm="daily", before=moment)
        told = readable(session, participant_id, waiting, now)
        if not told:
            continue
        first, _found, person, language = told[0]
        with force_locale(language):
            link = stop_link(site, participant_id, None)
            subject, body = wording.digest([each[1] for each in told], link)
        key = f"digest:{first.happening_id}:{participant_id}"
        queued += send(session, key, person, subject, body, language, link)
    return queued


def readable(
    session: Session, participant_id: int, waiting: Sequence[Notice], now: datetime
) -> list[tuple[Notice, Line, Participant, str]]:
    """What may be told to this person now, in the person's language; all that waited is noted as told.

    Left out is what was hidden or withdrawn meanwhile, and what the person has stopped following.
    """
    for notice in waiting:
        notice.told_at = now
    session.flush()
    person = queries.addressee(session, participant_id=participant_id)
    if person is None or not waiting:
        return []
    language = person.language or queries.default_language(session)
    rows = queries.described(session, happening_ids=[notice.happening_id for notice in waiting])
    stopped = queries.stopped(session, follow_ids=[notice.follow_id for notice in waiting])
    found = []
    with force_locale(language):
        for notice in waiting:
            words = wording.line(rows[notice.happening_id], language)
            if words and notice.follow_id not in stopped:
                found.append((notice, words, person, language))
    return found


def stop_link(site: Site, participant_id: int, follow_id: int | None) -> str:
    """Where one click stops it, without sign-in."""
    token = stop_token(site.secret, Stop(participant_id, follow_id))
    return url_for("notices.stop_page", token=token, _external=True)


def send(
    session: Session, key: str, person: Participant, subject: str, body: str, language: str, stop_url: str
) -> bool:
    return queue_mail(
        session,
        key=key,
        recipient=person.email or "",
        subject=subject,
        body=body,
        language=language,
        participant_id=person.id,
        stop_url=stop_url,
    )


def forget(session: Session, *, now: datetime) -> None:
    """Removes happenings of which nobody needs to be told any more."""
    waits = exists().where(Notice.happening_id == Happening.id, Notice.told_at.is_(None))
    session.execute(delete(Happening).where(Happening.created_at < now - KEEP, ~waits))
