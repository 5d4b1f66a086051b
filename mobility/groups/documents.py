"""Documents of groups: checked, kept in the file store, taken down with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.errors import Invalid, MobilityError
from mobility.extensions import files
from mobility.groups.models import GroupDocument
from mobility.groups.pdf import NotTaken, check_pdf, title_of
from mobility.media.models import FileRemoval
from mobility.media.storage import StorageDown, new_key

STAGED_FOR = timedelta(hours=24)
DOCUMENTS_LIMIT = 3
REASON_LIMIT = 500
_REASONS = {
    "empty": _l("This file is empty. Choose it again."),
    "large": _l("This file is too large: at most %(size)d megabytes fit."),
    "not_pdf": _l("This is not a whole PDF. Save the document as PDF and choose it again."),
    "active": _l("This PDF holds programs or other files, so it was not taken. Print it to a new PDF."),
}


class StorageAway(MobilityError):
    """The file could not be kept."""

    status = 503  # type: ignore[assignment]
    default = _l("The document could not be kept just now. Nothing else was changed. Try again in a minute.")


@dataclass(frozen=True)
class Prepared:
    """A document that was checked, with the name its file will have."""

    name: str
    title: str
    data: bytes


def prepare_pdf(data: bytes, filename: str | None, *, limit: int, field: str) -> Prepared:
    """The checked document. Raises Invalid for `field`."""
    try:
        check_pdf(data, limit=limit)
    except NotTaken as refused:
        size = limit // 1_000_000
        reason = _REASONS[refused.code]
        if refused.code == "large":
            reason = _l("This file is too large: at most %(size)d megabytes fit.", size=size)
        raise Invalid(field, reason) from refused
    return Prepared(f"{new_key()}.pdf", title_of(filename), data)


def expect_files(session: Session, *, prepared: Iterable[Prepared], now: datetime) -> None:
    """Notes the files before they are written: if nothing comes of them, the purge removes them next day."""
    rows = [{"name": each.name, "asked_at": now + STAGED_FOR} for each in prepared]
    if rows:
        session.execute(insert(FileRemoval).values(rows))


def write_files(prepared: Iterable[Prepared]) -> None:
    """The files, in the storage. Raises StorageAway."""
    try:
        for each in prepared:
            files.put(each.name, each.data, "application/pdf")
    except (StorageDown, OSError) as error:
        raise StorageAway from error


def read_file(document: GroupDocument) -> bytes | None:
    """The document's bytes; None when the store has none. Raises StorageAway."""
    try:
        return files.get(document.file_key)
    except (StorageDown, OSError) as error:
        raise StorageAway from error


def attach(
    session: Session,
    *,
    prepared: Prepared,
    now: datetime,
    registration_id: int | None = None,
    position_id: int | None = None,
) -> GroupDocument:
    """The document of a registration or position. Raises Invalid("documents") when no more fit."""
    if position_id is not None:
        have = select(func.count()).where(GroupDocument.position_id == position_id)
        if (session.scalar(have) or 0) >= DOCUMENTS_LIMIT:
            raise Invalid(
                "documents", _l("At most %(count)d documents fit to a position.", count=DOCUMENTS_LIMIT)
            )
    made = GroupDocument(
        registration_id=registration_id,
        position_id=position_id,
        title=prepared.title,
        file_key=prepared.name,
        size=len(prepared.data),
        created_at=now,
    )
    session.add(made)
    session.execute(delete(FileRemoval).where(FileRemoval.name == prepared.name))
    session.flush()
    return made


def remove_document(session: Session, *, document: GroupDocument, now: datetime) -> None:
    """Takes a document out of a draft; its file goes too unless another version has it."""
    name, own = document.file_key, document.id
    session.delete(document)
    session.flush()
    others = select(func.count()).where(GroupDocument.file_key == name, GroupDocument.id != own)
    if not session.scalar(others):
        session.execute(insert(FileRemoval).values(name=name, asked_at=now).on_conflict_do_nothing())


def copy_documents(session: Session, *, from_id: int, to_id: int, now: datetime) -> None:
    """A new draft begins with the documents of the version before it, except those taken down."""
    query = select(GroupDocument).where(
        GroupDocument.position_id == from_id, GroupDocument.taken_down_at.is_(None)
    )
    for each in session.scalars(query.order_by(GroupDocument.id)):
        session.add(
            GroupDocument(
                position_id=to_id, title=each.title, file_key=each.file_key, size=each.size, created_at=now
            )
        )
    session.flush()


def documents_of(session: Session, *, position_ids: Iterable[int]) -> dict[int, list[GroupDocument]]:
    """Position id → its documents in the order in which they came; one query for a whole list."""
    ids = list(position_ids)
    found: dict[int, list[GroupDocument]] = {}
    if ids:
        query = select(GroupDocument).where(GroupDocument.position_id.in_(ids)).order_by(GroupDocument.id)
        for each in session.scalars(query):
            found.setdefault(each.position_id or 0, []).append(each)
    return found


def take_down(
    session: Session,
    *,
    document: GroupDocument,
    plan_id: int,
    account_id: int,
    reason: str,
    now: datetime,
) -> None:
    """The city takes a document down, in every version that has it; title and reason stay to be read."""
    words = " ".join(reason.split())
    if not words or len(words) > REASON_LIMIT:
        raise Invalid("reason", _l("Give a reason of at most %(limit)d characters.", limit=REASON_LIMIT))
    same = select(GroupDocument).where(
        GroupDocument.file_key == document.file_key, GroupDocument.taken_down_at.is_(None)
    )
    for each in session.scalars(same):
        each.taken_down_at, each.taken_down_by, each.taken_down_reason = now, account_id, words
    record(
        session,
        action="group_document.take_down",
        account_id=account_id,
        plan_id=plan_id,
        subject="group_document",
        subject_id=document.id,
    )
