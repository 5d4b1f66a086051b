"""What can go wrong, as RFC 9457 problems with addresses that stay the same.

An address leads to the place in the reference where the problem is described. What was sent is never
repeated in an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from pydantic import ValidationError

from mobility.errors import (
    Closed,
    Conflict,
    Forbidden,
    Invalid,
    MobilityError,
    NotFound,
    TooMany,
)

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """One kind of problem: `name` ends its address."""

    name: str
    status: int
    title: Any
    detail: Any


KINDS = (
    Kind("unreadable", 400, _l("Unreadable"), _l("The body is not JSON, or the request is not well formed.")),
    Kind(
        "token",
        401,
        _l("No valid token"),
        _l("Send a valid token in the header Authorization: Bearer. It may have ended or been revoked."),
    ),
    Kind("scope", 403, _l("Not allowed"), _l("The token does not allow this, or is for another plan.")),
    Kind("not-found", 404, _l("Not found"), _l("There is nothing public at this address.")),
    Kind(
        "method",
        405,
        _l("Not possible here"),
        _l("This address does not accept that method. The header Allow says which it accepts."),
    ),
    Kind("not-acceptable", 406, _l("Only JSON"), _l("The API answers in JSON: accept application/json.")),
    Kind(
        "conflict",
        409,
        _l("Not at this time"),
        _l("The consultation does not take this now, or the key was used for something else."),
    ),
    Kind("too-large", 413, _l("Too large"), _l("What you sent is larger than this service accepts.")),
    Kind("media-type", 415, _l("Send JSON"), _l("The body must be sent as application/json.")),
    Kind(
        "invalid",
        422,
        _l("Something is wrong with the request"),
        _l("The list of errors says what. Correct it and send again."),
    ),
    Kind(
        "too-many",
        429,
        _l("Too many requests"),
        _l("Wait as many seconds as the header Retry-After says. A token has a higher limit."),
    ),
    Kind("fault", 500, _l("The fault is ours"), _l("It has been recorded. Try again later.")),
    Kind(
        "away",
        503,
        _l("Back in a moment"),
        _l("The service cannot reach its records just now. Try again in half a minute."),
    ),
)
BY_STATUS = {kind.status: kind for kind in KINDS}
_OF: dict[type[MobilityError], int] = {
    NotFound: 404, Forbidden: 403, Closed: 409, Conflict: 409, TooMany: 429, Invalid: 422,
}  # fmt: skip
TELLING = (Closed, Conflict)
"""Refusals whose own words say more than the kind of problem."""


def kind_of(status: int) -> Kind:
    """The kind of problem that a status stands for."""
    return BY_STATUS.get(status) or BY_STATUS[500 if status >= 500 else 400]


def problem(
    kind: Kind, *, reference: str, detail: Any = None, errors: Sequence[dict[str, str]] = ()
) -> dict[str, Any]:
    """The document; `reference` is the address of the page that describes all kinds."""
    found = {
        "type": f"{reference}#{kind.name}",
        "title": str(kind.title),
        "status": kind.status,
        "detail": str(detail or kind.detail),
    }
    return found | ({"errors": list(errors)} if errors else {})


def of_refusal(error: MobilityError, *, where: str) -> tuple[Kind, Any, list[dict[str, str]]]:
    """Kind, own words and errors of a refusal that a service raised."""
    status = next((status for kind, status in _OF.items() if isinstance(error, kind)), int(error.status))
    errors = []
    if isinstance(error, Invalid):
        errors = [{"where": where, "field": error.field, "message": str(error.message)}]
    return kind_of(status), str(error.message) if isinstance(error, TELLING) else None, errors


def of_validation(error: ValidationError, *, where: str) -> list[dict[str, str]]:
    """What a type found wrong, without the values."""
    found = []
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        field = ".".join(str(part) for part in each["loc"])
        message = _message(each["type"], str(each["msg"]))
        found.append({"where": where, "field": field[:100], "message": message})
    return found[:20]


_WORDS = {
    "missing": _l("This is needed."),
    "extra_forbidden": _l("There is no such parameter. Check its spelling."),
}


def _message(kind: str, words: str) -> str:
    return str(_WORDS.get(kind) or words)
