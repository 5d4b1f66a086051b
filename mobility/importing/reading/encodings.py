"""In which letters a text is written: what the file says, else UTF-8 if it fits, else Windows-1252."""

from __future__ import annotations

import codecs
import struct
from pathlib import Path

from mobility.importing.reading.model import Fault, Refusal
from mobility.importing.reading.sources import sidecar

WESTERN = "cp1252"
NAMES = {"cp1252": "Windows-1252", "utf-8": "UTF-8", "iso8859-1": "ISO-8859-1", "cp850": "DOS 850"}
LANGUAGE_BYTE = {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252", 0x58: "cp1252"}
"""What byte 29 of a dBASE table means."""


def known(name: str) -> str | None:
    """Python's name for an encoding as files write it ("88591", "ANSI 1252", "UTF8"), None if unknown."""
    text = name.strip().lower().replace("_", "-").removeprefix("ansi ").removeprefix("ldid/")
    tries = (
        text,
        f"cp{text}",
        f"iso-8859-{text[4:]}" if text.startswith("8859") else "",
        f"iso-{text}",
    )
    for one in tries:
        try:
            found = codecs.lookup(one.replace("iso-88591", "iso-8859-1")).name
        except (LookupError, ValueError):
            continue
        return found if found not in ("cp65001",) else "utf-8"
    return None


def chosen(name: str) -> str:
    """Python's name for an encoding somebody chose. Raises Refusal for one that is not known."""
    found = known(name)
    if found is None:
        raise Refusal("encoding_unknown", encoding=name[:40])
    return found


def fitting(text: bytes) -> str:
    """UTF-8 when the bytes are (nearly all) well formed, else Windows-1252."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        loose = text.decode("utf-8", "replace")
        broken = loose.count("\ufffd")
        good = sum(1 for letter in loose if letter > "\x7f") - broken
        return "utf-8" if good > 3 * broken else WESTERN
    return "utf-8"


def of_shapefile(path: Path) -> tuple[str, list[Fault]]:
    """The encoding of a shapefile's table, and what to tell about it."""
    table = sidecar(path, "dbf")
    if table is None:
        return "utf-8", []
    data = table.read_bytes()
    start = struct.unpack("<H", data[8:10])[0] if len(data) > 10 else 0
    said = sidecar(path, "cpg")
    named = known(said.read_text("latin-1")[:40]) if said else None
    if named and _fits(data[start:], named):
        return named, []
    guessed = fitting(data[start:])
    if named:
        return guessed, [Fault("encoding_wrong", {"said": shown(named), "encoding": shown(guessed)})]
    if guessed == WESTERN and len(data) > 29:
        guessed = LANGUAGE_BYTE.get(data[29], WESTERN)
    if data[start:].isascii():
        return guessed, []
    return guessed, [Fault("encoding_guessed", {"encoding": shown(guessed)})]


def shown(encoding: str) -> str:
    """The encoding's name as people know it."""
    return NAMES.get(encoding, encoding.upper())


def _fits(text: bytes, encoding: str) -> bool:
    if encoding == "utf-8":
        return fitting(text) == "utf-8"
    try:
        text.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True
