"""Reads answers from a mailbox: new messages are handed on one by one and then marked as read."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from mobility.answers.inbound import BYTES_LIMIT

PATIENCE = 30.0
AT_ONCE = 50


def read_mailbox(url: str, take: Callable[[bytes], object]) -> int:
    """How many new messages of the mailbox were handed to `take`.

    A message is marked as read only after `take` returned, so none is lost; one that is too large is passed
    over. Raises OSError and imaplib.IMAP4.error while the server does not answer.
    """
    parts = urlsplit(url)
    line = open_line(parts.scheme, parts.hostname or "", parts.port)
    try:
        line.login(unquote(parts.username or ""), unquote(parts.password or ""))
        line.select(f'"{unquote(parts.path.strip("/")) or "INBOX"}"')
        _answer, found = line.search(None, "UNSEEN", "SMALLER", str(BYTES_LIMIT))
        numbers = (found[0] or b"").split()[:AT_ONCE]
        for number in numbers:
            _answer, parts_of = line.fetch(number.decode("ascii"), "(BODY.PEEK[])")
            raw = next((part[1] for part in parts_of if isinstance(part, tuple)), b"")
            if raw:
                take(raw)
            line.store(number.decode("ascii"), "+FLAGS", "(\\Seen)")
        return len(numbers)
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            line.logout()


def open_line(scheme: str, host: str, port: int | None) -> imaplib.IMAP4:
    """A connection to the server, encrypted unless it runs on this machine."""
    if scheme == "imaps":
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(host, port or 993, ssl_context=context, timeout=PATIENCE)
    return imaplib.IMAP4(host, port or 143, timeout=PATIENCE)
