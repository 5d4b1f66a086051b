"""The blueprint of the offices' work. Addresses that take files accept larger bodies than others."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from mobility.answers.papers import FILE_LIMIT, FILES_LIMIT

bp = Blueprint("answers", __name__)
FORM = 200_000
BODIES = {
    "answers.save": FILES_LIMIT * FILE_LIMIT + FORM,
    "answers.save_competence": 3_000_000,
}
"""Endpoint → the largest body, set before anything reads the form."""


@bp.url_value_preprocessor
def make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    if endpoint in BODIES:
        request.max_content_length = BODIES[endpoint]
