"""Words for faults of geometries and of segments beside each other."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from mobility.plans.bundles.message import Message

MESSAGES: dict[str, Message] = {
    "wrong-crs": Message(
        "wrong-crs",
        _l("The layer is in another coordinate reference system: %(crs)s."),
        _l("Export it in WGS 84 (EPSG:4326) and without a crs member."),
    ),
    "projected": Message(
        "wrong-crs",
        _l("The coordinates (%(x)s, %(y)s) are no degrees; they look projected, in metres."),
        _l("Export the layer in WGS 84 (EPSG:4326)."),
    ),
    "swapped-axes": Message(
        "swapped-axes",
        _l("Longitude and latitude have changed places: (%(x)s, %(y)s)."),
        _l("Write longitude first, then latitude."),
    ),
    "coordinate-not-finite": Message(
        "not-finite",
        _l("A coordinate is not a number or infinite."),
        _l("Give the feature a position, or delete it."),
    ),
    "third-dimension": Message(
        "third-dimension",
        _l("The coordinates have more than two dimensions."),
        _l("Export the layer without Z and M values."),
    ),
    "too-precise": Message(
        "too-precise",
        _l("Coordinates have more than 7 decimals."),
        _l("Nothing needs to be done: loading rounds them to a centimetre."),
        "warning",
    ),
    "empty-geometry": Message(
        "empty-geometry", _l("The geometry is empty."), _l("Draw it, or delete the feature.")
    ),
    "unknown-geometry": Message(
        "wrong-geometry",
        _l("The geometry type “%(type)s” is not read."),
        _l("Use one of: %(allowed)s."),
    ),
    "wrong-geometry": Message(
        "wrong-geometry",
        _l("A %(type)s cannot be used here."),
        _l("Use one of: %(allowed)s."),
    ),
    "geometry-shape": Message(
        "invalid-geometry",
        _l("The coordinates are not built as a %(type)s needs."),
        _l("Export the layer again as GeoJSON."),
    ),
    "unclosed-ring": Message(
        "invalid-geometry",
        _l("A ring is not closed; it starts at %(position)s."),
        _l("Repeat the first position at the end of the ring."),
    ),
    "too-few-positions": Message(
        "invalid-geometry",
        _l("A part has too few different positions."),
        _l("A line needs two different positions, a ring three and the first again."),
    ),
    "crossing": Message(
        "invalid-geometry",
        _l("The outline crosses itself at %(position)s."),
        _l("Move the vertices there so that no two sides cross."),
    ),
    "line-crosses": Message(
        "invalid-geometry",
        _l("The line crosses itself or runs twice over the same stretch."),
        _l("Split the line into several segments."),
    ),
    "touching": Message(
        "invalid-geometry",
        _l("The ring touches itself at %(position)s."),
        _l("Split the outline where it touches, or draw the inner part as a hole."),
    ),
    "hole_outside": Message(
        "invalid-geometry",
        _l("A hole lies outside its outline, at %(position)s."),
        _l("Move the hole inside, or delete it."),
    ),
    "nested": Message(
        "invalid-geometry",
        _l("One part lies inside another, at %(position)s."),
        _l("Merge the parts, or make the inner one a hole."),
    ),
    "duplicate_rings": Message(
        "invalid-geometry",
        _l("The same ring is given twice, at %(position)s."),
        _l("Delete one of the two."),
    ),
    "disconnected": Message(
        "invalid-geometry",
        _l("Holes cut the area into separate pieces, at %(position)s."),
        _l("Draw each piece as its own part."),
    ),
    "invalid": Message(
        "invalid-geometry",
        _l("The geometry is not valid, at %(position)s."),
        _l("Repair it, for example with “Fix geometries” in QGIS."),
    ),
    "ring-direction": Message(
        "ring-direction",
        _l("A ring runs the wrong way round."),
        _l("Nothing needs to be done: loading turns it."),
        "warning",
    ),
    "repeated-point": Message(
        "repeated-point",
        _l("Two neighbouring positions are equal: %(position)s."),
        _l("Delete one of the two; loading does it too."),
        "warning",
    ),
    "outside-boundary": Message(
        "outside-boundary",
        _l("The segment lies wholly outside the boundary of the plan."),
        _l("Move the segment, or enlarge the boundary."),
    ),
    "outside-boundary-length": Message(
        "outside-boundary",
        _l("%(metres)s metres of the segment lie outside the boundary of the plan."),
        _l("Cut the segment at the boundary, or enlarge the boundary."),
    ),
    "outside-boundary-area": Message(
        "outside-boundary",
        _l("%(metres)s square metres of the segment lie outside the boundary of the plan."),
        _l("Cut the area at the boundary, or enlarge the boundary."),
    ),
    "segment-overlap": Message(
        "segment-overlap",
        _l("The segment overlaps %(other)s of the same measure, over %(metres)s metres."),
        _l("Cut the two where they meet, or give them different sides."),
    ),
    "segment-overlap-area": Message(
        "segment-overlap",
        _l("The segment overlaps %(other)s of the same measure, over %(metres)s square metres."),
        _l("Cut the two where they meet."),
    ),
    "segment-length": Message(
        "segment-length",
        _l("The segment is %(metres)s metres long."),
        _l("Segments have 5 to 5000 metres: merge it with its neighbour, or cut it at a crossing."),
    ),
    "measure-without-segment": Message(
        "measure-without-segment",
        _l("No segment belongs to the measure “%(code)s”."),
        _l("Draw at least one segment for it in layers/segments.geojson, or delete the measure."),
    ),
}
