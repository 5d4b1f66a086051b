"""Comments counted per square cell or hexagon: for the map as GeoJSON, for the desk as rows.

Phase, topic and stance are answered from the counts the database keeps at z18, z15 and z12, whatever the
number of comments. Any other filter (day, text, measure, segment, group) is counted live from the comments,
found by the indexes on place, day and words. Only published comments count; `bbox` and status of the filter
are not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Select, func, literal_column, select, text
from sqlalchemy.orm import Session

from mobility.consultation.filters import CommentFilter
from mobility.consultation.models import STANCES, Comment, CommentCell, Phase, Topic
from mobility.plans.models import Plan
from mobility.spatial.grid import FINEST, LEVELS, HexGrid, cell_bounds, cell_centre, cell_polygon, cell_range

BBox = tuple[float, float, float, float]
Shape = Literal["square", "hex"]
Row = tuple[int, int, tuple[int, ...], tuple[float, float]]
"""A cell's x and y, its comments by stance in the order of STANCES, where they weigh (in cells)."""
COARSEST = min(LEVELS)
DIGITS = 7


@dataclass(frozen=True)
class Counted:
    """Comments by stance in one cell or hexagon; `counts` follows STANCES."""

    id: str
    centre: tuple[float, float]
    """Longitude and latitude."""
    ring: tuple[tuple[float, float], ...]
    """Closed, counterclockwise, longitude and latitude."""
    counts: tuple[int, ...]
    weight: tuple[float, float] | None = None
    """Where the comments of a square weigh, longitude and latitude, as finely as the kept counts know."""

    @property
    def n(self) -> int:
        return sum(self.counts)

    def by_stance(self) -> dict[str, int]:
        return dict(zip(STANCES, self.counts, strict=True))


def stored_level(zoom: int) -> int:
    """The kept level from which cells at `zoom` (0 to 18) are made: the nearest one as fine or finer."""
    return min((level for level in LEVELS if level >= zoom), default=FINEST)


def cells_geojson(
    session: Session,
    *,
    plan: Plan,
    filter: CommentFilter,  # noqa: A002 (the word of the field)
    zoom: int,
    bbox: BBox,
    shape: Shape = "square",
) -> str:
    """A FeatureCollection of cells (or hexagons) in `bbox` that hold a comment; n and one number per stance.

    `zoom` is the cell's, 12 to 18, not the map's. A cell or hexagon at the edge of `bbox` is counted whole,
    so that neighbouring boxes agree on it; its id is the same in every answer.
    """
    found = counted_cells(session, plan=plan, wanted=filter, zoom=zoom, bbox=bbox, shape=shape)
    features = [
        {
            "type": "Feature",
            "id": cell.id,
            "geometry": {"type": "Polygon", "coordinates": [[list(point) for point in cell.ring]]},
            "properties": {"n": cell.n, **cell.by_stance()} | ({"at": cell.weight} if cell.weight else {}),
        }
        for cell in found
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))


def counted_cells(
    session: Session, *, plan: Plan, wanted: CommentFilter, zoom: int, bbox: BBox, shape: Shape = "square"
) -> list[Counted]:
    """Squares at `zoom` in `bbox`, or hexagons about as wide, that hold at least one comment."""
    zoom = min(max(zoom, COARSEST), FINEST)
    if shape == "square":
        rows = _read(session, plan=plan, wanted=wanted, zoom=zoom, bbox=bbox)
        return [_square(zoom, row) for row in rows]
    level = stored_level(zoom)
    grid = hex_grid(zoom)
    rows = _read(session, plan=plan, wanted=wanted, zoom=level, bbox=_widened(bbox, zoom))
    return [cell for cell in _hexagons(grid, level, rows) if _meets(cell.ring, bbox)]


def hex_grid(zoom: int) -> HexGrid:
    """Hexagons as wide as a square at `zoom`, never narrower than two of the kept squares in them."""
    level = stored_level(zoom)
    return HexGrid.for_cells(level, across=_across(zoom))


def _across(zoom: int) -> float:
    return float(max(2, 2 ** (stored_level(zoom) - zoom)))


def _widened(bbox: BBox, zoom: int) -> BBox:
    """`bbox` with one hexagon more on every side, so that hexagons at its edge are counted whole."""
    level = stored_level(zoom)
    reach = int(_across(zoom) * 1.2) + 1
    left, top, right, bottom = cell_range(bbox, level)
    west, _, _, north = cell_bounds((left - reach, top - reach), level)
    _, south, east, _ = cell_bounds((right + reach, bottom + reach), level)
    return west, south, east, north


def _read(session: Session, *, plan: Plan, wanted: CommentFilter, zoom: int, bbox: BBox) -> list[Row]:
    """The cells at `zoom` that `bbox` meets and that hold a comment."""
    wanted = replace(wanted, status="published", bbox=None)
    read, level = (_stored, stored_level(zoom)) if wanted.from_cells else (_live, FINEST)
    size = 2 ** (level - zoom)
    return [
        (x, y, tuple(int(n) for n in counts), ((float(mean_x) + 0.5) / size, (float(mean_y) + 0.5) / size))
        for x, y, *counts, mean_x, mean_y in session.execute(read(plan, wanted, zoom, cell_range(bbox, zoom)))
    ]


def _stored(plan: Plan, wanted: CommentFilter, zoom: int, cells: tuple[int, int, int, int]) -> Select[Any]:
    """Asks the kept counts."""
    level = stored_level(zoom)
    total = func.sum(CommentCell.n)
    means = [func.sum(CommentCell.n * axis) / total for axis in (CommentCell.x, CommentCell.y)]
    query = _counting(CommentCell.x, CommentCell.y, level - zoom, total, CommentCell.stance, means)
    query = query.where(CommentCell.plan_id == plan.id, CommentCell.z == level)
    for slug, column, table in (
        (wanted.phase, CommentCell.phase_id, Phase),
        (wanted.topic, CommentCell.topic_id, Topic),
    ):
        if slug:
            chosen = select(table.id).where(table.plan_id == plan.id, table.slug == slug)
            query = query.where(column == chosen.scalar_subquery())
    if wanted.stance:
        query = query.where(CommentCell.stance == wanted.stance)
    return _within(query, CommentCell.x, CommentCell.y, level - zoom, cells)


def _live(plan: Plan, wanted: CommentFilter, zoom: int, cells: tuple[int, int, int, int]) -> Select[Any]:
    """Counts the comments themselves."""
    left, top, right, bottom = cells
    west, _, _, north = cell_bounds((left, top), zoom)
    _, south, east, _ = cell_bounds((right, bottom), zoom)
    shift = FINEST - zoom
    means = [func.avg(axis) for axis in (Comment.cell_x, Comment.cell_y)]
    query = _counting(Comment.cell_x, Comment.cell_y, shift, func.count(), Comment.stance, means)
    query = query.where(Comment.geom.op("&&")(func.ST_MakeEnvelope(west, south, east, north, 4326)))
    return _within(wanted.apply(query, plan.id), Comment.cell_x, Comment.cell_y, shift, cells)


def _counting(x: Any, y: Any, shift: int, number: Any, stance: Any, means: list[Any]) -> Select[Any]:
    sums = [func.coalesce(number.filter(stance == each), 0) for each in STANCES]
    by: Any = literal_column(str(int(shift)))
    return select(x.op(">>")(by), y.op(">>")(by), *sums, *means).group_by(text("1, 2")).order_by(text("1, 2"))


def _within(query: Select[Any], x: Any, y: Any, shift: int, cells: tuple[int, int, int, int]) -> Select[Any]:
    left, top, right, bottom = cells
    return query.where(
        x.between(left << shift, ((right + 1) << shift) - 1),
        y.between(top << shift, ((bottom + 1) << shift) - 1),
    )


def _square(zoom: int, row: Row) -> Counted:
    x, y, counts, (at_x, at_y) = row
    ring = _ring(cell_polygon((x, y), zoom).exterior.coords)
    west, south, east, north = cell_bounds((x, y), zoom)
    weight = _point((west + (at_x - x) * (east - west), north - (at_y - y) * (north - south)))
    return Counted(f"{zoom}/{x}/{y}", _point(cell_centre((x, y), zoom)), ring, counts, weight)


def _hexagons(grid: HexGrid, level: int, rows: Sequence[Row]) -> list[Counted]:
    """Cells gathered into hexagons; every cell belongs to exactly one."""
    by_stance = [
        grid.gather([((x, y), counts[i]) for x, y, counts, _ in rows], level) if rows else {}
        for i in range(len(STANCES))
    ]
    found = []
    for hexagon in sorted(by_stance[0]):
        outline = grid.polygon(hexagon)
        centre = outline.centroid
        counts = tuple(sums[hexagon] for sums in by_stance)
        found.append(
            Counted(grid.id(hexagon), _point((centre.x, centre.y)), _ring(outline.exterior.coords), counts)
        )
    return found


def _meets(ring: Sequence[tuple[float, float]], bbox: BBox) -> bool:
    west, south, east, north = bbox
    lons, lats = [point[0] for point in ring], [point[1] for point in ring]
    return min(lons) <= east and max(lons) >= west and min(lats) <= north and max(lats) >= south


def _ring(points: Any) -> tuple[tuple[float, float], ...]:
    return tuple(_point(point) for point in points)


def _point(point: Any) -> tuple[float, float]:
    return round(point[0], DIGITS), round(point[1], DIGITS)
