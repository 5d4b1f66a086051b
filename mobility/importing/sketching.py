"""How a layer would lie if its numbers were in one of the coordinate systems on offer."""

from __future__ import annotations

from collections.abc import Mapping

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from mobility.errors import Invalid
from mobility.importing import queries, services
from mobility.importing.jobs import fetched
from mobility.importing.models import FileImport
from mobility.importing.preparing import box_of
from mobility.importing.reading import sketch
from mobility.plans.words import _


def sketched(session: Session, job: FileImport, wish: Mapping[str, str]) -> list[BaseGeometry]:
    """Thin shapes of a layer in longitude and latitude.

    `wish` names layer and crs, and the columns x, y or wkt of tables. Raises Invalid for a layer that the
    file does not hold, and a system that is not offered for it.
    """
    layer, crs = queries.layer_of(job, wish.get("layer", "")), wish.get("crs", "")
    if layer is None or crs not in services.known_systems(layer):
        raise Invalid("crs", _("Choose one of the coordinate systems."))
    x, y, wkt = (wish.get(name) or None for name in ("x", "y", "wkt"))
    place = box_of(session, job.plan_id)
    with fetched(job.key) as path:
        return sketch(
            path, job.name, layer["name"], crs=crs, place=place, x_field=x, y_field=y, wkt_field=wkt
        )
