"""The blueprint of the editor, and who may use it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from flask import Blueprint
from flask.typing import ResponseReturnValue

from mobility import web
from mobility.consultation.views.desk import staff_only
from mobility.consultation.views.frame import Frame
from mobility.errors import Forbidden
from mobility.extensions import limiter

bp = Blueprint("editing", __name__)
View = Callable[..., ResponseReturnValue]
each_editor = limiter.limit("240 per minute", key_func=web.participant_key)


def editors_only(view: View) -> View:
    """Staff who may edit the measures of the plan."""

    @staff_only
    @wraps(view)
    def guarded(frame: Frame, **values: object) -> ResponseReturnValue:
        if not web.may("edit_measures", frame.plan.id):
            raise Forbidden
        return view(frame, **values)

    return guarded
