"""The blueprint of this room. The address that takes documents accepts larger bodies than others."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from mobility.setup.documents import SIZE_LIMIT

bp = Blueprint("setup", __name__)
FORM = 200_000


@bp.url_value_preprocessor
def make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    if endpoint == "setup.add_document":
        request.max_content_length = SIZE_LIMIT + FORM
