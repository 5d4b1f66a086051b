"""What codes of plans are called on screens."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

BEARINGS = 8


def _(message: str, **values: Any) -> str:
    """The message in the language of the page, as a plain string."""
    return str(gettext(message, **values))


def kind_label(kind: str) -> str:
    """The kind of a measure in words."""
    return {
        "pedestrian_street": _("Pedestrian street"),
        "pedestrian_square": _("Pedestrian square"),
        "limited_traffic_zone": _("Limited traffic zone (ZTL)"),
        "cycle_lane": _("Cycle lane"),
        "tram": _("Tram"),
        "bus_lane": _("Bus lane"),
        "parking": _("Parking"),
        "coach_bay": _("Coach bay"),
        "crossing": _("Crossing"),
        "speed_limit": _("Speed limit"),
    }.get(kind, kind)


def status_label(status: str) -> str:
    """The status of a measure in words."""
    return {
        "proposed": _("Proposed"),
        "trial": _("On trial"),
        "in_force": _("In force"),
        "study": _("Under study"),
    }.get(status, status)


def uvar_label(block: str | None) -> str:
    """The building block of an urban vehicle access regulation in words; empty without one."""
    return {
        "regulatory": _("Rule of access"),
        "spatial": _("Change of street space"),
        "pricing": _("Charge for access"),
    }.get(block or "", "")


def vehicle_label(vehicle: str) -> str:
    """A class of vehicles or road users in words."""
    return {
        "pedestrian": _("people on foot"),
        "bicycle": _("bicycles"),
        "scooter": _("electric scooters"),
        "moped": _("mopeds"),
        "motorcycle": _("motorcycles"),
        "car": _("cars"),
        "taxi": _("taxis"),
        "van": _("vans"),
        "lorry": _("lorries"),
        "bus": _("buses"),
        "coach": _("coaches"),
        "tram": _("trams"),
        "carriage": _("horse carriages"),
    }.get(vehicle, vehicle)


def bearing_label(bearing: float, *, back: bool = False) -> str:
    """A direction of the compass in words; `back` turns it round."""
    names = (
        _("north"), _("north-east"), _("east"), _("south-east"),
        _("south"), _("south-west"), _("west"), _("north-west"),
    )  # fmt: skip
    turned = bearing + (180 if back else 0)
    return names[round(turned / (360 / BEARINGS)) % BEARINGS]


def side_label(side: str, bearing: float | None) -> str:
    """Which side of the street, told by the compass so that nobody needs to know how the line was drawn."""
    if side == "both" or bearing is None:
        return _("both sides") if side == "both" else ""
    across = bearing + (90 if side == "right" else -90)
    return _("%(direction)s side", direction=bearing_label(across % 360))


def direction_label(direction: str, bearing: float | None) -> str:
    """Which way along the street."""
    if direction == "both" or bearing is None:
        return _("both directions") if direction == "both" else ""
    return _("towards the %(direction)s", direction=bearing_label(bearing, back=direction == "backward"))


def heritage_label(kind: str, status: str, name: str) -> str:
    """Where a stretch lies, in words: "inside the buffer zone of San Cataldo"."""
    if kind == "property":
        return _("inside the inscribed area of %(name)s", name=name)
    if kind == "buffer" and status == "illustrative":
        return _("inside the illustrative surroundings of %(name)s", name=name)
    if kind == "buffer":
        return _("inside the buffer zone of %(name)s", name=name)
    if kind == "setting":
        return _("inside the wider setting: %(name)s", name=name)
    return _("inside the planning zone: %(name)s", name=name)


def zone_label(kind: str) -> str:
    """The kind of a heritage zone in words."""
    return {
        "property": _("Inscribed area"),
        "buffer": _("Buffer zone"),
        "setting": _("Wider setting"),
        "planning": _("Planning zone"),
    }.get(kind, kind)


def zone_status_label(status: str) -> str:
    """How far the outline of a zone can be trusted, in words."""
    return {
        "official": _("official outline"),
        "approximate": _("approximate outline"),
        "illustrative": _("illustrative outline, not official"),
    }.get(status, status)
