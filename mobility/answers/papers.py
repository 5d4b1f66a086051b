"""Files beside answers: PDF only, kept in the file store."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.answers.models import Answer, AnswerFile
from mobility.errors import Conflict, Invalid, NotFound
from mobility.extensions import files
from mobility.groups.documents import Prepared, StorageAway
from mobility.media.models import FileRemoval
from mobility.media.storage import StorageDown

FILES_LIMIT = 3
FILE_LIMIT = 10_000_000


def attach(session: Session, *, answer: Answer, prepared: Prepared, now: datetime) -> AnswerFile:
    """A file of a draft; its bytes are written before (see `groups.documents`). Raises Invalid("files")."""
    if answer.state not in ("draft", "waiting"):
        raise Conflict(_l("This answer is published. Write a new one that replaces it."))
    have = session.scalar(select(func.count()).where(AnswerFile.answer_id == answer.id)) or 0
    if have >= FILES_LIMIT:
        raise Invalid("files", _l("At most %(count)d files fit to an answer.", count=FILES_LIMIT))
    made = AnswerFile(
        answer_id=answer.id, key=prepared.name, name=prepared.title, size=len(prepared.data), created_at=now
    )
    session.add(made)
    session.execute(delete(FileRemoval).where(FileRemoval.name == prepared.name))
    session.flush()
    return made


def detach(session: Session, *, answer: Answer, file_id: int, now: datetime) -> None:
    """Takes a file out of a draft. Raises NotFound, and Conflict for a published answer."""
    if answer.state not in ("draft", "waiting"):
        raise Conflict(_l("This answer is published. Write a new one that replaces it."))
    found = session.get(AnswerFile, file_id) if file_id < 2**63 else None
    if found is None or found.answer_id != answer.id:
        raise NotFound
    session.execute(insert(FileRemoval).values(name=found.key, asked_at=now).on_conflict_do_nothing())
    session.delete(found)
    session.flush()


def read_file(found: AnswerFile) -> bytes | None:
    """The bytes of a file; None when the store has none. Raises StorageAway."""
    try:
        return files.get(found.key)
    except (StorageDown, OSError) as error:
        raise StorageAway from error


def find_file(session: Session, *, plan_id: int, file_id: int) -> tuple[AnswerFile, Answer]:
    """A file with its answer. Raises NotFound."""
    if file_id >= 2**63:
        raise NotFound
    query = (
        select(AnswerFile, Answer)
        .join(Answer, Answer.id == AnswerFile.answer_id)
        .where(AnswerFile.id == file_id, Answer.plan_id == plan_id)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row.AnswerFile, row.Answer
