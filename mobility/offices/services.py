"""Change offices and who answers for them."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.accounts.models import Account
from mobility.db import I18n
from mobility.errors import Invalid, NotFound
from mobility.offices.models import Competence, Office, OfficeMember

NAME_LIMIT, ABOUT_LIMIT = 120, 1000


def save_office(
    session: Session,
    *,
    city_id: int,
    names: I18n,
    about: I18n,
    account_id: int,
    office: Office | None = None,
    **values: Any,
) -> Office:
    """A new office, or the changed one; `values` are further columns. Raises Invalid."""
    kept = {tag: " ".join(name.split())[:NAME_LIMIT] for tag, name in names.items() if name.strip()}
    if not kept:
        raise Invalid("name", _l("Give the office a name in at least one language."))
    said = {tag: words.strip()[:ABOUT_LIMIT] for tag, words in about.items() if words.strip()}
    if office is not None and values.get("substitute_id") == office.id:
        raise Invalid("substitute", _l("An office cannot stand in for itself."))
    if office is None:
        office = Office(city_id=city_id, slug=free_slug(session, city_id, next(iter(kept.values()))))
        session.add(office)
    office.name, office.about = kept, said
    for name, value in values.items():
        setattr(office, name, value)
    session.flush()
    _log(session, "office.save", account_id, "office", office.id)
    return office


def free_slug(session: Session, city_id: int, name: str) -> str:
    """An address made of the name that no office of the city has yet."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50] or "office"
    taken = set(session.scalars(select(Office.slug).where(Office.city_id == city_id)))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def add_member(session: Session, *, office: Office, person_id: int, account_id: int) -> None:
    """Let somebody answer for the office; twice is as once. Raises Invalid."""
    person = session.get(Account, person_id)
    if person is None or not person.active:
        raise Invalid("person", _l("Choose a person of the list."))
    session.merge(OfficeMember(office_id=office.id, account_id=person.id))
    session.flush()
    _log(session, "office.add_member", account_id, "office", office.id, person=person.id)


def remove_member(session: Session, *, office: Office, person_id: int, account_id: int) -> None:
    """Somebody answers no longer for the office."""
    found = session.get(OfficeMember, (office.id, person_id))
    if found is None:
        raise NotFound
    session.delete(found)
    session.flush()
    _log(session, "office.remove_member", account_id, "office", office.id, person=person_id)


def end_competence(
    session: Session, *, plan_id: int, competence_id: int, account_id: int, now: datetime
) -> Competence:
    """A competence that ends now; cases keep the reason they were given. Raises NotFound."""
    found = session.get(Competence, competence_id) if competence_id < 2**63 else None
    if found is None or found.plan_id != plan_id:
        raise NotFound
    if found.ended_at is None:
        found.ended_at = now
        session.flush()
        _log(session, "competence.end", account_id, "competence", found.id, plan_id=plan_id)
    return found


def _log(
    session: Session,
    action: str,
    account_id: int,
    subject: str,
    subject_id: int,
    plan_id: int | None = None,
    **details: Any,
) -> None:
    record(
        session,
        action=action,
        account_id=account_id,
        plan_id=plan_id,
        subject=subject,
        subject_id=subject_id,
        details=details,
    )
