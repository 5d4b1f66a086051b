"""Reads back the messages that were written as files, and those still waiting: for demonstrations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.mail.models import MailMessage

LINK = re.compile(r"(https?://\S+)")
SHOWN = 50


@dataclass(frozen=True)
class Letter:
    """A message as a page shows it; `parts` are texts and, at odd places, links."""

    number: int
    to: str
    subject: str
    written_at: datetime
    parts: list[str]
    stop_url: str


def letters(session: Session, directory: Path) -> list[Letter]:
    """The newest messages, whether they were written to files already or still wait."""
    waiting = select(MailMessage).where(MailMessage.state.in_(("waiting", "sending")))
    found = {
        row.id: Letter(
            row.id, row.recipient, row.subject, row.created_at, LINK.split(row.body), row.stop_url or ""
        )
        for row in session.scalars(waiting.order_by(MailMessage.id.desc()).limit(SHOWN))
    }
    for path in sorted(directory.glob("*.eml"), reverse=True)[:SHOWN]:
        found.setdefault(int(path.stem), read_letter(path))
    return [found[number] for number in sorted(found, reverse=True)[:SHOWN]]


def read_letter(path: Path) -> Letter:
    """One written message."""
    message = message_from_bytes(path.read_bytes(), policy=default)
    body = message.get_body(("plain",))
    return Letter(
        number=int(path.stem),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        written_at=parsedate_to_datetime(str(message["Date"])),
        parts=LINK.split(body.get_content() if body else ""),
        stop_url=str(message["List-Unsubscribe"] or "").strip("<>"),
    )
