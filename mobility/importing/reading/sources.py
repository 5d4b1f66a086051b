"""The parts of a file as they lie in a folder of our own, under names of our own."""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from mobility.importing.reading.model import Limits, Refusal
from mobility.importing.reading.sniffing import EXTENSIONS, kind_of

SHAPEFILE = ("shp", "shx", "dbf", "prj", "cpg")
SINGLE = ("gpkg", "geojson", "json", "kml", "gml", "dxf", "csv", "tsv")
"""What is taken out of a ZIP: the parts of shapefiles, or else one single file of these."""

CHUNK = 1 << 20


@dataclass(frozen=True)
class Part:
    """One thing to open: where it lies, and what its owner calls it."""

    name: str
    path: Path


@dataclass(frozen=True)
class Source:
    """A file made ready: its format and its parts (several only for shapefiles)."""

    driver: str
    parts: list[Part] = field(default_factory=list)


def prepare(path: Path, name: str, folder: Path, limits: Limits) -> Source:
    """The file's parts, copied or unpacked into `folder`. Raises Refusal."""
    if path.stat().st_size > limits.file_bytes:
        raise Refusal("too_large", megabytes=limits.file_bytes // 1_000_000)
    kind = kind_of(path, name)
    if kind in ("ZIP", "KMZ"):
        return _unpacked(path, kind, folder, limits)
    target = folder / f"data.{EXTENSIONS[kind][0]}"
    shutil.copyfile(path, target)
    return Source(kind, [Part(PurePosixPath(name.replace("\\", "/")).stem, target)])


def _unpacked(path: Path, kind: str, folder: Path, limits: Limits) -> Source:
    try:
        with zipfile.ZipFile(path) as archive:
            members = _checked(archive, path.stat().st_size, limits)
            if kind == "KMZ":
                members = {(where, end): info for (where, end), info in members.items() if end == "kml"}
            shapes = [where for where, end in members if end == "shp"]
            left = _Allowance(limits.zip_unpacked_bytes)
            if shapes:
                parts = [_shapefile(archive, members, where, folder, left) for where in sorted(shapes)]
                return Source("Shapefile", parts)
            return _single(archive, members, folder, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise Refusal("zip_damaged") from error


Members = dict[tuple[str, str], zipfile.ZipInfo]


def _checked(archive: zipfile.ZipFile, packed: int, limits: Limits) -> Members:
    """The wanted members by (path without ending, ending). Raises Refusal for names that reach outside."""
    infos = archive.infolist()
    if len(infos) > limits.zip_members:
        raise Refusal("zip_members", most=limits.zip_members)
    total = sum(info.file_size for info in infos)
    if total > limits.zip_unpacked_bytes or total > packed * limits.zip_ratio:
        raise Refusal("zip_bomb", megabytes=limits.zip_unpacked_bytes // 1_000_000)
    members: Members = {}
    for info in infos:
        parts = info.filename.replace("\\", "/").split("/")
        if info.filename.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
            raise Refusal("zip_names")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise Refusal("zip_links")
        if info.flag_bits & 0x1:
            raise Refusal("zip_password")
        where, _, end = info.filename.rpartition(".")
        hidden = parts[-1].startswith(".") or parts[0] == "__MACOSX"
        if not info.is_dir() and not hidden and end.lower() in SHAPEFILE + SINGLE:
            members.setdefault((where.lower(), end.lower()), info)
    return members


class _Allowance:
    """How many bytes may still be unpacked, whatever the archive claims."""

    def __init__(self, total: int) -> None:
        self.left = total

    def copy(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
        with archive.open(info) as packed, target.open("wb") as file:
            for chunk in iter(lambda: packed.read(CHUNK), b""):
                self.left -= len(chunk)
                if self.left < 0:
                    raise Refusal("zip_bomb", megabytes=0)
                file.write(chunk)


def _shapefile(
    archive: zipfile.ZipFile, members: Members, where: str, folder: Path, left: _Allowance
) -> Part:
    number = len(list(folder.glob("part*.shp")))
    for end in SHAPEFILE:
        if info := members.get((where, end)):
            left.copy(archive, info, folder / f"part{number}.{end}")
    name = PurePosixPath(members[(where, "shp")].filename.replace("\\", "/")).stem
    return Part(name, folder / f"part{number}.shp")


def _single(archive: zipfile.ZipFile, members: Members, folder: Path, left: _Allowance) -> Source:
    found = [(end, info) for (_where, end), info in sorted(members.items()) if end in SINGLE]
    if not found:
        raise Refusal("zip_nothing")
    if len(found) > 1:
        documents = [pair for pair in found if pair[1].filename.lower() == "doc.kml"]
        if not documents:
            raise Refusal("zip_several", count=len(found))
        found = documents
    end, info = found[0]
    target = folder / f"data.{end}"
    left.copy(archive, info, target)
    name = PurePosixPath(info.filename.replace("\\", "/"))
    return Source(kind_of(target, name.name), [Part(name.stem, target)])


def sidecar(path: Path, end: str) -> Path | None:
    """The companion of a shapefile with another ending, None when it was not sent."""
    other = path.with_suffix(f".{end}")
    return other if other.exists() else None
