"""The blueprint of administration, and who may enter it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from mobility import web
from mobility.accounts.views.sessions import freshly_proved, signed_in
from mobility.errors import Forbidden

bp = Blueprint("staff", __name__)

View = Callable[..., ResponseReturnValue]


def only(action: str, *, fresh: bool = True) -> Callable[[View], View]:
    """Who may do this; `fresh`: and has proved who that is within the last 15 minutes."""

    def guard(view: View) -> View:
        proved = freshly_proved(view) if fresh else view

        @wraps(view)
        @signed_in
        def guarded(**values: Any) -> ResponseReturnValue:
            if not web.may(action):
                raise Forbidden
            return proved(**values)

        return guarded

    return guard
