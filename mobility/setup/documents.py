"""Documents beside a plan: PDFs, checked as those of groups are, shown to everybody."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.db import I18n
from mobility.errors import Invalid, NotFound
from mobility.groups.documents import Prepared
from mobility.media.models import FileRemoval
from mobility.plans.models import Plan
from mobility.setup.models import PlanDocument

MOST = 30
SIZE_LIMIT = 20_000_000


def documents_of(session: Session, *, plan_id: int) -> list[PlanDocument]:
    """The documents on show, in their order."""
    query = select(PlanDocument).where(PlanDocument.plan_id == plan_id, PlanDocument.removed_at.is_(None))
    return list(session.scalars(query.order_by(PlanDocument.position, PlanDocument.id).limit(MOST)))


def find_document(session: Session, *, plan_id: int, document_id: int) -> PlanDocument:
    """A document on show. Raises NotFound."""
    found = session.get(PlanDocument, document_id)
    if found is None or found.plan_id != plan_id or found.removed_at is not None:
        raise NotFound
    return found


def add_document(
    session: Session,
    *,
    plan: Plan,
    prepared: Prepared,
    title: I18n,
    language: str | None,
    account_id: int,
    now: datetime,
) -> PlanDocument:
    """The document, whose file is already written. Raises Invalid when no more fit."""
    have = select(func.count()).where(PlanDocument.plan_id == plan.id, PlanDocument.removed_at.is_(None))
    count = session.scalar(have) or 0
    if count >= MOST:
        raise Invalid("document", _l("At most %(count)d documents fit.", count=MOST))
    made = PlanDocument(
        plan_id=plan.id,
        title={tag: words or prepared.title for tag, words in title.items()},
        language=language,
        file_key=prepared.name,
        size=len(prepared.data),
        position=count + 1,
        created_at=now,
    )
    session.add(made)
    session.execute(delete(FileRemoval).where(FileRemoval.name == prepared.name))
    session.flush()
    _note(session, "plan_document.add", made, account_id)
    return made


def remove_document(session: Session, *, document: PlanDocument, account_id: int, now: datetime) -> None:
    """Takes the document off the plan; its file goes with the next purge."""
    document.removed_at = now
    session.execute(insert(FileRemoval).values(name=document.file_key, asked_at=now).on_conflict_do_nothing())
    session.flush()
    _note(session, "plan_document.remove", document, account_id)


def _note(session: Session, action: str, document: PlanDocument, account_id: int) -> None:
    record(
        session, action=action, account_id=account_id, plan_id=document.plan_id, subject="plan_document",
        subject_id=document.id,
    )  # fmt: skip
