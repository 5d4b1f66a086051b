"""The page of the desk that leads into GIS programs."""

from __future__ import annotations

from flask import current_app, url_for
from flask.typing import ResponseReturnValue

from mobility.consultation.views.desk import render_desk, staff_only
from mobility.consultation.views.frame import Frame
from mobility.ogc.collections import COLLECTIONS
from mobility.ogc.views.blueprint import bp


@bp.get("/plans/<slug>/desk/gis")
@staff_only
def desk(frame: Frame) -> ResponseReturnValue:
    root = current_app.config["BASE_URL"] + url_for("ogc.landing", slug=frame.plan.slug).rstrip("/")
    return render_desk(frame, "ogc/desk.html", tab="gis", collections=COLLECTIONS.values(), root=root)
