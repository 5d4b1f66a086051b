"""Palermo geometry and hypothesis strategies shared by the spatial tests."""

from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon

from mobility.spatial.crs import metric

PALERMO = metric(32633)
CENTRE = (13.361424, 38.115672)
BOX = (13.34, 38.10, 13.39, 38.13)

MAQUEDA = LineString(
    [
        (13.357839, 38.121137),
        (13.360352, 38.117333),
        (13.360506, 38.117228),
        (13.360668, 38.116844),
        (13.361424, 38.115672),
    ]
)
CASSARO = LineString(
    [(13.352571, 38.112105), (13.357353, 38.114058), (13.361424, 38.115672), (13.371465, 38.119759)]
)
ROMA = LineString([(13.366064, 38.110465), (13.364181, 38.115526), (13.358088, 38.125932)])

lons = st.floats(BOX[0], BOX[2])
lats = st.floats(BOX[1], BOX[3])
points = st.builds(Point, lons, lats)
lines = (
    st.lists(st.tuples(lons, lats), min_size=2, max_size=8, unique=True)
    .map(LineString)
    .filter(lambda line: line.is_simple and PALERMO.length(line) > 10)
)
shares = st.lists(st.floats(0.001, 0.999), max_size=6)


@st.composite
def stars(draw: st.DrawFn) -> Polygon:
    """A simple polygon round a centre, wound either way."""
    from math import cos, pi, sin

    lon, lat = draw(lons), draw(lats)
    radii = draw(st.lists(st.floats(0.0005, 0.01), min_size=3, max_size=12))
    step = 2 * pi / len(radii)
    ring = [(lon + r * cos(i * step), lat + r * sin(i * step)) for i, r in enumerate(radii)]
    return Polygon(ring if draw(st.booleans()) else ring[::-1])
