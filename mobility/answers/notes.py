"""Internal notes and reply templates: what people of the offices write for each other."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.answers.merging import FIELDS, unknown_fields
from mobility.answers.models import InternalNote, ReplyTemplate
from mobility.consultation.texts import clean
from mobility.db import I18n
from mobility.errors import Conflict, Invalid, NotFound

NOTE_LIMIT = 4000
TITLE_LIMIT = 120
TEXT_LIMIT = 8000


def add_note(session: Session, *, comment_id: int, text: str, account_id: int, now: datetime) -> InternalNote:
    """A note about a case that only people of the offices read. Raises Invalid."""
    words, _removed = clean(text)
    if not words or len(words) > NOTE_LIMIT:
        raise Invalid("note", _l("Write a note of at most %(count)d characters.", count=NOTE_LIMIT))
    note = InternalNote(comment_id=comment_id, account_id=account_id, text=words, created_at=now)
    session.add(note)
    session.flush()
    return note


def save_template(
    session: Session,
    *,
    plan_id: int,
    title: str,
    texts: I18n,
    office_id: int | None,
    account_id: int,
    template_id: int | None = None,
    now: datetime,
) -> ReplyTemplate:
    """A new template, or the changed one. Raises Invalid for unknown fields, Conflict for a second title."""
    name = " ".join(title.split())
    if not name or len(name) > TITLE_LIMIT:
        raise Invalid("title", _l("Give it a title of at most %(count)d characters.", count=TITLE_LIMIT))
    kept = {tag: clean(words)[0][:TEXT_LIMIT] for tag, words in texts.items() if clean(words)[0]}
    if not kept:
        raise Invalid("text", _l("Write the text in at least one language."))
    wrong = [name for words in kept.values() for name in unknown_fields(words)]
    if wrong:
        known = ", ".join(f"{{{each}}}" for each in FIELDS)
        raise Invalid(
            "text", _l("There is no field {%(name)s}. Known are: %(known)s", name=wrong[0], known=known)
        )
    same = select(ReplyTemplate.id).where(
        ReplyTemplate.plan_id == plan_id,
        ReplyTemplate.title == name,
        ReplyTemplate.office_id.is_not_distinct_from(office_id),
        ReplyTemplate.id.is_distinct_from(template_id),
    )
    if session.scalar(same) is not None:
        raise Conflict(_l("There is a template of this name already."))
    template = find_template(session, plan_id=plan_id, template_id=template_id) if template_id else None
    if template is None:
        template = ReplyTemplate(plan_id=plan_id, created_at=now)
        session.add(template)
    template.title, template.texts, template.office_id = name, kept, office_id
    session.flush()
    _log(session, template, "template.save", account_id)
    return template


def remove_template(session: Session, *, plan_id: int, template_id: int, account_id: int) -> None:
    """Takes a template away; answers begun with it stay. Raises NotFound."""
    template = find_template(session, plan_id=plan_id, template_id=template_id)
    _log(session, template, "template.remove", account_id)
    session.delete(template)
    session.flush()


def find_template(session: Session, *, plan_id: int, template_id: int) -> ReplyTemplate:
    """One template of a plan. Raises NotFound."""
    found = session.get(ReplyTemplate, template_id) if template_id < 2**63 else None
    if found is None or found.plan_id != plan_id:
        raise NotFound
    return found


def _log(session: Session, template: ReplyTemplate, action: str, account_id: int) -> None:
    record(
        session,
        action=action,
        account_id=account_id,
        plan_id=template.plan_id,
        subject="template",
        subject_id=template.id,
    )
