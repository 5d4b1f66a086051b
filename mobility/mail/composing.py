"""A queued message as it travels: headers and text. Pure."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses

ADDRESS = re.compile(r"[^\s<>@\"'(),;:]+@[^\s<>@\"'(),;:]+")
POLICY = SMTP.clone(max_line_length=998)
"""Long addresses of links stay on one line; the text itself is encoded in short ones."""


class Unsendable(Exception):
    """The message can never be sent as it is; the words say why and hold no address."""


def compose(
    *,
    key: str,
    sender: str,
    recipient: str,
    subject: str,
    body: str,
    language: str,
    stop_url: str | None,
    written_at: datetime,
    reply_to: str | None = None,
) -> EmailMessage:
    """The message. Its Message-ID depends on the key alone, so that a second copy can be recognised as one.

    Raises Unsendable for an address that is none.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = as_address(sender)
    message["To"] = as_address(recipient)
    if reply_to:
        message["Reply-To"] = as_address(reply_to)
    message["Subject"] = "".join(ch for ch in subject if ch.isprintable())
    message["Date"] = format_datetime(written_at)
    message["Message-ID"] = message_id(key, sender)
    message["Auto-Submitted"] = "auto-generated"
    if stop_url:
        message["List-Unsubscribe"] = f"<{stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(body, subtype="plain", charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = language
    return message


def message_id(key: str, sender: str) -> str:
    """``<…@domain of the sender>``, always the same for the same key; it tells nothing about the key."""
    host = as_address(sender).domain
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{host}>"


def as_address(typed: str) -> Address:
    """A name and an address. Raises Unsendable for anything that is not exactly one address on one line."""
    found = getaddresses([typed])
    name, address = found[0] if len(found) == 1 else ("", "")
    local, mark, domain = address.rpartition("@")
    if not mark or not local or not domain or not typed.isprintable() or not ADDRESS.fullmatch(address):
        raise Unsendable("this is not an e-mail address")
    try:
        return Address(display_name=name, username=local, domain=domain.encode("idna").decode("ascii"))
    except (ValueError, UnicodeError) as error:
        raise Unsendable("this is not an e-mail address") from error


def without_addresses(said: str) -> str:
    """What a mail server said, short, on one line and without addresses."""
    return ADDRESS.sub("…", " ".join(said.split()))[:200]
