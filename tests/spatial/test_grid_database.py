"""The database and the grid put every position into the same cell."""

import numpy as np
from sqlalchemy import text

from mobility.consultation.models import CELL_X, CELL_Y
from mobility.spatial.grid import cell_of, cells_of

COUNT = 20_000


def test_cells_agree_with_postgis(session):
    random = np.random.default_rng(7)
    lon = np.concatenate([random.uniform(13.2, 13.5, COUNT), random.uniform(-179.9, 179.9, COUNT)])
    lat = np.concatenate([random.uniform(38.0, 38.2, COUNT), random.uniform(-84.9, 84.9, COUNT)])
    lon, lat = lon.round(7), lat.round(7)
    sql = f"""SELECT {CELL_X}, {CELL_Y} FROM unnest(CAST(:lon AS float8[]), CAST(:lat AS float8[]))
              WITH ORDINALITY AS p (x, y, i), ST_SetSRID(ST_MakePoint(p.x, p.y), 4326) AS geom ORDER BY i"""
    found = session.execute(text(sql), {"lon": lon.tolist(), "lat": lat.tolist()}).all()
    x, y = cells_of(lon, lat)
    assert [tuple(row) for row in found] == list(zip(x.tolist(), y.tolist(), strict=True))
    assert tuple(found[0]) == cell_of(lon[0], lat[0])
