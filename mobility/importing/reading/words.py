"""Every fault and note of a file in words, and the refusal that carries one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask_babel import lazy_gettext as _l

from mobility.errors import MobilityError
from mobility.importing.reading.model import Fault

WORDS: dict[str, Any] = {
    "stopped": _l("Reading the file was stopped before its end."),
}


def words(fault: Fault) -> str:
    """The fault in the reader's language."""
    return str(WORDS[fault.code]) % dict(fault.values)


class Unreadable(MobilityError):
    """The file cannot be read, or shall not be: `fault` is why."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = _l("This file cannot be used as it is")

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(words(fault))
