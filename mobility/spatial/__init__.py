"""Pure geometry: coordinate systems, validity, segments, GeoJSON, grids and statistics.

Nothing here knows Flask, a session, the clock or the settings. Coordinates are ``(lon, lat)`` in
EPSG:4326 unless a name says ``metric``.
"""
