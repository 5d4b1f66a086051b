"""A message as it arrived: who wrote what to which address, without quotes, signatures and programs. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses, parseaddr
from html.parser import HTMLParser

BYTES_LIMIT = 25_000_000
PDF_LIMIT = 3
RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
AUTOMATIC = ("bulk", "junk", "list", "auto_reply")
QUOTE_LINE = re.compile(
    r"^(on\b.{4,200}\bwrote|il\b.{4,200}\bha scritto|am\b.{4,200}\bschrieb|le\b.{4,200}\ba écrit)\s*:\s*$",
    re.IGNORECASE,
)
DIVIDER = re.compile(
    r"^(-{2,}\s*(original message|messaggio originale|forwarded message|messaggio inoltrato)\s*-{2,}"
    r"|_{10,})$",
    re.IGNORECASE,
)
HEADER_LINE = re.compile(r"^\*?(from|da|von|de)\s*:\*?\s.*@", re.IGNORECASE)
SENT_FROM = re.compile(r"^(sent from my|get outlook for|inviato da(l mio)?|scarica outlook)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Arrived:
    """What matters of a message."""

    key: bytes
    """Hash of the Message-ID; of the whole message when it has none."""
    sender: str
    recipients: tuple[str, ...]
    automatic: bool
    text: str
    papers: tuple[tuple[str, bytes], ...]
    """Name and bytes of its PDF files; other files are left out."""


def read_message(raw: bytes) -> Arrived:
    """The message; a broken one is read as far as it goes."""
    message = message_from_bytes(raw[:BYTES_LIMIT], policy=default)
    assert isinstance(message, EmailMessage)
    name = header(message, "Message-ID")
    everyone = [header(message, name) for name in RECIPIENTS]
    return Arrived(
        key=hashlib.sha256(name.encode() if name else raw).digest(),
        sender=parseaddr(header(message, "From"))[1].lower(),
        recipients=tuple(address for _name, address in getaddresses(everyone) if address),
        automatic=is_automatic(message),
        text=new_words(body_of(message)),
        papers=papers_of(message),
    )


def header(message: EmailMessage, name: str) -> str:
    """All headers of this name as one line; empty when there is none or it cannot be read."""
    try:
        return ", ".join(str(value) for value in message.get_all(name, []))
    except (ValueError, IndexError, AttributeError):
        return ""


def is_automatic(message: EmailMessage) -> bool:
    """Whether a program wrote it: an absence notice, a report of the mail system, a list."""
    submitted = header(message, "Auto-Submitted").strip().lower()
    return (
        submitted not in ("", "no")
        or header(message, "Precedence").strip().lower() in AUTOMATIC
        or header(message, "Return-Path").strip() == "<>"
        or message.get_content_type() == "multipart/report"
        or any(name in message for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
    )


def body_of(message: EmailMessage) -> str:
    """The text; of a message that has HTML only, what it says."""
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        words = str(part.get_content())
    except (LookupError, ValueError, AttributeError):
        payload = part.get_payload(decode=True)
        words = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return html_text(words) if part.get_content_type() == "text/html" else words


def papers_of(message: EmailMessage) -> tuple[tuple[str, bytes], ...]:
    """The PDF files of a message, at most three."""
    found = []
    for part in message.iter_attachments():
        name = part.get_filename() or "document.pdf"
        if part.get_content_type() == "application/pdf" or name.lower().endswith(".pdf"):
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                found.append((name, payload))
    return tuple(found[:PDF_LIMIT])


def new_words(text: str) -> str:
    """What the sender wrote anew: without the quoted message below or between, and without a signature."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    for number, line in enumerate(lines):
        plain = line.strip()
        pair = f"{plain} {lines[number + 1].strip()}" if number + 1 < len(lines) else plain
        if line.rstrip("\n") in ("-- ", "--") or DIVIDER.match(plain) or HEADER_LINE.match(plain):
            break
        if QUOTE_LINE.match(plain) or (QUOTE_LINE.match(pair) and not plain.endswith((".", "!", "?"))):
            break
        if plain.startswith(">"):
            continue
        kept.append(line.rstrip())
    while kept and (not kept[-1].strip() or SENT_FROM.match(kept[-1].strip())):
        kept.pop()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


class _Words(HTMLParser):
    """Text of an HTML message: blocks become lines; quotes, styles and scripts go."""

    SILENT = frozenset({"script", "style", "head", "title", "blockquote"})
    BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "ul", "ol", "table"})
    EMPTY = frozenset({"br", "img", "hr", "meta", "link", "input", "area", "base", "col", "wbr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.stack: list[tuple[str, bool]] = []

    @property
    def silent(self) -> bool:
        return bool(self.stack) and self.stack[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.BLOCKS:
            self.parts.append("\n")
        if tag not in self.EMPTY:
            classes = dict(attrs).get("class") or ""
            quoted = "gmail_quote" in classes or "moz-cite-prefix" in classes
            self.stack.append((tag, self.silent or tag in self.SILENT or quoted))

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, _silent in self.stack):
            while self.stack.pop()[0] != tag:
                pass
        if tag in ("p", "h1", "h2", "h3"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def html_text(source: str) -> str:
    """What an HTML message says, line by line."""
    reader = _Words()
    reader.feed(source)
    lines = [line.strip() for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
