"""What events, faults and states of webhooks are called on screens."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

EVENT_WORDS: dict[str, Any] = {
    "comment.published": _l("A comment became public"),
    "comment.withdrawn": _l("A comment was withdrawn by its author"),
    "comment.hidden": _l("A comment was hidden by the editors"),
    "comment.restored": _l("A hidden comment is public again"),
    "comment.answered": _l("An office answered a comment"),
    "case.assigned": _l("A comment went to an office"),
    "measure.version_published": _l("A measure has a new version"),
    "phase.opened": _l("A step of a consultation opened"),
    "phase.closed": _l("A step of a consultation closed"),
    "consultation.concluded": _l("A consultation was concluded"),
    "ping": _l("Test message"),
}
FAULT_WORDS: dict[str, Any] = {
    "url": _l("the address is not complete"),
    "scheme": _l("the address does not begin with https"),
    "address": _l("the address lies inside our own network"),
    "unresolved": _l("there is no such host"),
    "tls": _l("the certificate is not valid for this host"),
    "timeout": _l("no answer within ten seconds"),
    "connection": _l("the connection failed"),
    "size": _l("the answer was too large"),
    "secret": _l("the secret cannot be read any more: make a new one"),
}
OFF_WORDS: dict[str, Any] = {
    "person": _l("Switched off by an administrator"),
    "failing": _l("Switched off: for two days no attempt succeeded"),
    "gone": _l("Switched off: the receiver said that it is gone for good"),
}


def fault_words(code: str | None) -> str:
    """Why no answer came, in words; the code itself when it has none."""
    return str(FAULT_WORDS.get(code or "", code or ""))
