"""What a PDF must look like to be taken. Pure."""

from __future__ import annotations

import unicodedata

STATUTE_LIMIT = 5_000_000
DOCUMENT_LIMIT = 10_000_000
TITLE_LIMIT = 120
ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
"""What a document needs no more than a letter does: programs, and other files inside."""


class NotTaken(Exception):
    """Why a file is refused: empty, large, not_pdf, active."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def check_pdf(data: bytes, *, limit: int) -> None:
    """Raises NotTaken for anything but a plain, whole PDF of at most `limit` bytes."""
    if not data:
        raise NotTaken("empty")
    if len(data) > limit:
        raise NotTaken("large")
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-2048:]:
        raise NotTaken("not_pdf")
    if any(mark in data for mark in ACTIVE):
        raise NotTaken("active")


def title_of(filename: str | None) -> str:
    """The name of a sent file as a title: without its directory and ending, printable, not too long."""
    name = (filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    name = unicodedata.normalize("NFC", "".join(ch for ch in name if ch.isprintable()))
    if name.lower().endswith(".pdf"):
        name = name[:-4]
    return " ".join(name.replace("_", " ").split())[:TITLE_LIMIT].strip() or "PDF"
