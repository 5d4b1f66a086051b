"""Files that planners bring: kept under a random name; the parts of a shapefile become one archive."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from mobility.errors import Invalid, MobilityError
from mobility.extensions import files
from mobility.importing.services import Upload
from mobility.media.models import FileRemoval
from mobility.media.storage import StorageDown, new_key

STAGED_FOR = timedelta(hours=24)
BLOCK = 1 << 18
MOST_PARTS = 20
BINARY = "application/octet-stream"


class StoreAway(MobilityError):
    """The file could not be kept."""

    status = 503  # type: ignore[assignment]
    default = _l("The file could not be kept just now. Nothing was changed. Try again in a minute.")


@contextmanager
def received(sent: Sequence[FileStorage], *, most: int) -> Iterator[tuple[Path, str]]:
    """What was sent as one file on disk, and its name. Raises Invalid("file") for nothing or too much."""
    given = [file for file in sent if file.filename]
    if not given:
        raise Invalid("file", _l("Choose a file."))
    if len(given) > MOST_PARTS:
        raise Invalid("file", _l("These are too many files at once. Put them into one zip file."))
    with tempfile.TemporaryDirectory(prefix="import-") as directory:
        path = Path(directory) / "sent"
        name = _base(given[0])
        if len(given) == 1:
            given[0].save(path, BLOCK)
        else:
            name = f"{PurePosixPath(_main(given)).stem}.zip"
            _pack(given, path, most)
        if path.stat().st_size > most:
            raise Invalid(
                "file", _l("This file is too large: at most %(size)d megabytes fit.", size=most // 1_000_000)
            )
        if not path.stat().st_size:
            raise Invalid("file", _l("This file is empty. Choose it again."))
        yield path, name


def expect_file(session: Session, *, now: datetime) -> str:
    """A name for a file that is about to be kept: if nothing comes of it, it is removed next day."""
    key = f"{new_key()}.bin"
    session.execute(insert(FileRemoval).values(name=key, asked_at=now + STAGED_FOR))
    return key


def keep_file(key: str, path: Path, name: str) -> Upload:
    """The file, in the store. Raises StoreAway."""
    try:
        files.put_file(key, path, BINARY)
    except (StorageDown, OSError) as error:
        raise StoreAway from error
    return Upload(key, name, path.stat().st_size)


def _base(file: FileStorage) -> str:
    return (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1][:200] or "file"


def _main(given: Sequence[FileStorage]) -> str:
    """The name of the shapefile among its parts."""
    names = [_base(file) for file in given]
    return next((name for name in names if name.lower().endswith(".shp")), names[0])


def _pack(given: Sequence[FileStorage], path: Path, most: int) -> None:
    """Several files, such as the parts of a shapefile, as one archive."""
    left = most
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, file in {_base(file): file for file in given}.items():
            with archive.open(name, "w") as target:
                while block := file.stream.read(BLOCK):
                    left -= len(block)
                    if left < 0:
                        size = most // 1_000_000
                        raise Invalid(
                            "file",
                            _l("These files are too large: at most %(size)d megabytes fit.", size=size),
                        )
                    target.write(block)
