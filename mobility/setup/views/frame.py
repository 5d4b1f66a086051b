"""Who may enter these pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask.typing import ResponseReturnValue

from mobility import web
from mobility.accounts.views.sessions import signed_in
from mobility.consultation.views.desk import staff_only
from mobility.consultation.views.frame import Frame
from mobility.errors import Forbidden

View = Callable[..., ResponseReturnValue]


def planners_only(view: View) -> View:
    """For those who manage some plan; visitors are asked to sign in."""

    @wraps(view)
    @signed_in
    def guarded(**values: Any) -> ResponseReturnValue:
        if not web.may("manage_plan"):
            raise Forbidden
        return view(**values)

    return guarded


def managers_only(view: View) -> View:
    """Desk pages for those who manage this plan."""

    @wraps(view)
    @staff_only
    def guarded(frame: Frame, **values: Any) -> ResponseReturnValue:
        if not web.may("manage_plan", frame.plan.id):
            raise Forbidden
        return view(frame, **values)

    return guarded
