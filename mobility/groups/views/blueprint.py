"""The blueprint of groups. Addresses that take documents accept larger bodies than others."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from mobility.groups.documents import DOCUMENTS_LIMIT
from mobility.groups.pdf import DOCUMENT_LIMIT, STATUTE_LIMIT

bp = Blueprint("groups", __name__)
FORM = 200_000
BODIES = {
    "groups.register_submit": STATUTE_LIMIT + FORM,
    "groups.save_position": DOCUMENTS_LIMIT * DOCUMENT_LIMIT + FORM,
}
"""Endpoint → the largest body, set before anything reads the form."""


@bp.url_value_preprocessor
def make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    if endpoint in BODIES:
        request.max_content_length = BODIES[endpoint]
