"""World Heritage places and the zones that protect them."""

from __future__ import annotations

from flask import Response

from mobility.api import queries, shapes
from mobility.api.document import described
from mobility.api.schemas import voices as types
from mobility.api.schemas.asked import Paged
from mobility.api.views.blueprint import bp, each, listed, public_plan


@bp.get("/plans/<slug>/heritage/places")
@described(types.HeritagePlacePage, tag="Heritage", query=Paged)
def heritage_places(slug: str) -> Response:
    """List heritage places

    The component parts of the property, in the order of the register.
    """
    _found, city = public_plan(slug)
    return listed(*queries.places(city.id), each(lambda row: shapes.place(row.HeritagePlace, row.geometry)))


@bp.get("/plans/<slug>/heritage/zones")
@described(types.HeritageZonePage, tag="Heritage", query=Paged)
def heritage_zones(slug: str) -> Response:
    """List heritage zones

    Property, buffer, setting and zones of local planning.
    """
    _found, city = public_plan(slug)
    show = each(lambda row: shapes.zone(row.HeritageZone, row.place, row.geometry))
    return listed(*queries.zones(city.id), show)
