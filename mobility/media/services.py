"""Photos of a comment: staged while it is written, attached when it is sent, removed with every trace.

A row is deleted in the transaction, the names of its files are noted in `file_removal` in the same one,
and the files are removed after the commit. What a crash leaves behind is removed by `purge`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, event, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.errors import Invalid, MobilityError
from mobility.extensions import files
from mobility.media.images import FILE_LIMIT, ImageRefused, Picture, read_picture
from mobility.media.models import ALT_LIMIT, PHOTOS_LIMIT, FileRemoval, Photo
from mobility.media.storage import NAME, StorageDown, new_key

STAGED_FOR = timedelta(hours=24)
JPEG = "image/jpeg"
LEAVING = "files_leaving"
_REASONS = {
    "too_large": _l("This file is too large: at most %(size)d megabytes fit.", size=FILE_LIMIT // 1_000_000),
    "not_image": _l("This is not a photo that we can read. Send a JPEG, PNG, WebP or HEIC file."),
    "kind": _l("This kind of picture is not taken. Send a JPEG, PNG, WebP or HEIC file."),
    "animated": _l("Moving pictures are not taken. Send a single picture."),
    "too_many_pixels": _l("This picture has more pixels than we can take. Make it smaller and try again."),
    "suspicious": _l("This file holds more than a photo, so it was not taken. Take the photo again."),
    "broken": _l("This photo is damaged or was not sent whole. Choose it again."),
}


class StorageAway(MobilityError):
    """The photo could not be kept; the text can be sent all the same."""

    status = 503  # type: ignore[assignment]
    default = _l(
        "The photo could not be kept just now. Try again in a minute, or send your comment without it."
    )


def full_name(key: str) -> str:
    """The file of the picture."""
    return f"{key}.jpg"


def thumb_name(key: str) -> str:
    """The file of its small version."""
    return f"{key}.s.jpg"


def names_of(keys: Iterable[str]) -> list[str]:
    """The files of some photos."""
    return [name for key in keys for name in (full_name(key), thumb_name(key))]


def key_of(name: str) -> str:
    """The key in the name of a file."""
    return name.removesuffix(".jpg").removesuffix(".s")


@dataclass(frozen=True)
class Prepared:
    """A picture that was read and made anew, with the name its files will have."""

    key: str
    picture: Picture


def prepare_photo(data: bytes) -> Prepared:
    """The picture of a sent file. Raises Invalid("photos") for what is not taken. Needs no database."""
    try:
        return Prepared(new_key(), read_picture(data))
    except ImageRefused as refused:
        raise Invalid("photos", _REASONS[refused.code]) from refused


def expect_files(session: Session, *, prepared: Prepared, now: datetime) -> None:
    """Notes the files before they are written: if nothing comes of them, the purge removes them next day."""
    rows = [{"name": name, "asked_at": now + STAGED_FOR} for name in names_of([prepared.key])]
    session.execute(insert(FileRemoval).values(rows))


def write_files(prepared: Prepared) -> None:
    """Both files of a picture, in the storage. Raises StorageAway."""
    try:
        files.put(full_name(prepared.key), prepared.picture.full, JPEG)
        files.put(thumb_name(prepared.key), prepared.picture.thumb, JPEG)
    except (StorageDown, OSError) as error:
        raise StorageAway from error


def stage_photo(
    session: Session, *, prepared: Prepared, form_key: uuid.UUID, participant_id: int, now: datetime
) -> Photo:
    """The photo, kept for the form it was chosen in. Raises Invalid("photos") when no more fit."""
    staged = staged_photos(session, form_key=form_key, participant_id=participant_id)
    check_room(len(staged))
    photo = Photo(
        key=prepared.key,
        participant_id=participant_id,
        form_key=form_key,
        position=max((each.position for each in staged), default=-1) + 1,
        width=prepared.picture.width,
        height=prepared.picture.height,
        alt="",
        created_at=now,
    )
    session.add(photo)
    session.execute(delete(FileRemoval).where(FileRemoval.name.in_(names_of([prepared.key]))))
    session.flush()
    return photo


def find_same(waiting: Iterable[Photo], prepared: Prepared) -> Photo | None:
    """The photo of a form that holds the same picture already: a file that arrives twice is kept once.

    Raises StorageAway.
    """
    try:
        return next(
            (photo for photo in waiting if files.get(full_name(photo.key)) == prepared.picture.full), None
        )
    except (StorageDown, OSError) as error:
        raise StorageAway from error


def check_room(have: int) -> None:
    """Raises Invalid("photos") when a form has as many photos as fit."""
    if have >= PHOTOS_LIMIT:
        raise Invalid("photos", _l("At most %(count)d photos fit to a comment.", count=PHOTOS_LIMIT))


def staged_photos(session: Session, *, form_key: uuid.UUID, participant_id: int | None) -> list[Photo]:
    """The photos that wait in a form, in the order in which they were chosen."""
    query = select(Photo).where(
        Photo.form_key == form_key, Photo.participant_id == participant_id, Photo.comment_id.is_(None)
    )
    return list(session.scalars(query.order_by(Photo.position, Photo.id)))


def photos_of(session: Session, *, comment_ids: Iterable[int]) -> dict[int, list[Photo]]:
    """Comment id → its photos in order; one query for a whole list."""
    ids = list(comment_ids)
    found: dict[int, list[Photo]] = {}
    if ids:
        query = select(Photo).where(Photo.comment_id.in_(ids)).order_by(Photo.position, Photo.id)
        for photo in session.scalars(query):
            found.setdefault(photo.comment_id or 0, []).append(photo)
    return found


def find_photo(session: Session, *, name: str) -> Photo | None:
    """The photo that has a file of this name."""
    if not NAME.fullmatch(name):
        return None
    found = session.scalar(select(Photo).where(Photo.key == key_of(name)))
    return found if found and name in names_of([found.key]) else None


def describe_photos(
    session: Session, *, form_key: uuid.UUID, participant_id: int | None, alts: dict[str, str]
) -> None:
    """Sets what staged photos show, by key. Raises Invalid for a description that is too long."""
    for photo in staged_photos(session, form_key=form_key, participant_id=participant_id):
        words = " ".join(alts.get(photo.key, photo.alt).split())
        if len(words) > ALT_LIMIT:
            raise Invalid(
                "photos",
                _l(
                    "The description of a photo is too long: at most %(count)d characters fit.",
                    count=ALT_LIMIT,
                ),
            )
        photo.alt = words
    session.flush()


def attach_photos(session: Session, *, comment_id: int, form_key: uuid.UUID, participant_id: int) -> int:
    """Gives the staged photos of a form to its comment; how many there were."""
    found = session.execute(
        update(Photo)
        .where(Photo.form_key == form_key, Photo.participant_id == participant_id, Photo.comment_id.is_(None))
        .values(comment_id=comment_id, form_key=None)
    )
    return int(found.rowcount)  # type: ignore[attr-defined]


def remove_staged(
    session: Session, *, key: str, form_key: uuid.UUID, participant_id: int | None, now: datetime
) -> None:
    """Takes one photo out of a form; one that is not there is no error."""
    query = select(Photo.key).where(
        Photo.key == key,
        Photo.form_key == form_key,
        Photo.participant_id == participant_id,
        Photo.comment_id.is_(None),
    )
    _erase(session, list(session.scalars(query)), now)


def erase_photos(
    session: Session, *, now: datetime, participant_id: int | None = None, comment_id: int | None = None
) -> int:
    """Removes the photos of a participant or a comment: rows now, files after the commit; how many."""
    query = select(Photo.key)
    if participant_id is not None:
        query = query.where(Photo.participant_id == participant_id)
    if comment_id is not None:
        query = query.where(Photo.comment_id == comment_id)
    if participant_id is None and comment_id is None:
        return 0
    keys = list(session.scalars(query))
    _erase(session, keys, now)
    return len(keys)


def give_photos(session: Session, *, kept_id: int, gone_id: int) -> None:
    """Photos of a participant that was merged belong to the one that is kept."""
    session.execute(update(Photo).where(Photo.participant_id == gone_id).values(participant_id=kept_id))


def rename_form(session: Session, *, old: uuid.UUID, new: uuid.UUID, participant_id: int | None) -> None:
    """The photos that wait in a form follow it when it gets a new key."""
    session.execute(
        update(Photo)
        .where(Photo.form_key == old, Photo.participant_id == participant_id, Photo.comment_id.is_(None))
        .values(form_key=new)
    )


def _erase(session: Session, keys: Sequence[str], now: datetime) -> None:
    """Rows now, files once the transaction is committed."""
    if not keys:
        return
    names = names_of(keys)
    rows = [{"name": name, "asked_at": now} for name in names]
    session.execute(insert(FileRemoval).values(rows).on_conflict_do_nothing())
    session.execute(delete(Photo).where(Photo.key.in_(keys)))
    session.info.setdefault(LEAVING, []).extend(names)


@event.listens_for(Session, "after_commit")
def _remove_leaving(session: Session) -> None:
    if not session.in_nested_transaction():
        _remove_files(session.info.pop(LEAVING, []))


@event.listens_for(Session, "after_rollback")
def _keep_leaving(session: Session) -> None:
    session.info.pop(LEAVING, None)


def _remove_files(names: Sequence[str]) -> list[str]:
    """Removes files, and passes over what the storage does not do now; the names that are gone."""
    gone = []
    for name in names:
        try:
            files.remove(name)
        except (StorageDown, OSError):
            continue
        gone.append(name)
    return gone


def purge(session: Session, *, now: datetime, batch: int = 500) -> int:
    """Removes photos whose form was never sent for a day, and files still waiting to go; how many photos."""
    old = (
        select(Photo.key)
        .where(Photo.comment_id.is_(None), Photo.created_at < now - STAGED_FOR)
        .order_by(Photo.created_at)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    keys = list(session.scalars(old))
    _erase(session, keys, now)
    waiting = select(FileRemoval.name).where(FileRemoval.asked_at < now).limit(4 * batch)
    gone = _remove_files(list(session.scalars(waiting)))
    session.execute(delete(FileRemoval).where(FileRemoval.name.in_(gone)))
    return len(keys)
