"""Every fault and note of a file in words, and the refusal that carries one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask_babel import lazy_gettext as _l

from mobility.errors import MobilityError
from mobility.importing.reading.model import Fault

ABOUT_FILE: dict[str, Any] = {
    "stopped": _l("Reading the file was stopped before its end."),
    "crashed": _l(
        "The file could not be read: it is damaged, or made so that reading it takes far too much. Open "
        "it in QGIS, save it as a GeoPackage and try again."
    ),
    "time": _l(
        "Reading the file took too long and was stopped. Save only the layer you need, or fewer features,"
        " and try again."
    ),
    "memory": _l(
        "Reading the file would take too much memory. Save only the layer and the fields you need and try"
        " again."
    ),
    "empty_file": _l("The file is empty (0 bytes). It was probably not saved or not copied whole."),
    "too_large": _l("The file is larger than %(megabytes)s MB. Save only the layer you need, or zip it."),
    "unknown_extension": _l(
        "Files ending in “%(extension)s” cannot be imported. Use GeoPackage, GeoJSON, a zipped shapefile,"
        " KML, GML, DXF or CSV."
    ),
    "unknown_content": _l(
        "What is inside is none of the formats that can be imported: GeoPackage, GeoJSON, a zipped "
        "shapefile, KML, GML, DXF or CSV."
    ),
    "mismatch": _l(
        "The name ends in “%(extension)s”, but what is inside is %(found)s. Give the file its right "
        "ending or save it again."
    ),
    "indirection": _l(
        "This file only points to other files (a virtual data set). Open it in QGIS and save the data "
        "itself as a GeoPackage."
    ),
    "shp_alone": _l(
        "A shapefile is several files. Put .shp, .shx, .dbf, .prj and .cpg together in one ZIP file and "
        "bring that."
    ),
    "dwg": _l("DWG drawings cannot be read. Save the drawing as DXF (text, not binary) and bring that."),
    "dxf_binary": _l("This DXF is of the binary kind. Save it as a text DXF and try again."),
    "project": _l("This is a QGIS project, which holds no data. Export the layer itself as a GeoPackage."),
    "spreadsheet": _l("Save the spreadsheet as CSV, with columns for the coordinates, and bring that."),
    "archive": _l("Only ZIP archives can be opened. Pack the files again as ZIP."),
    "zip_damaged": _l(
        "The ZIP file is damaged or packed in an unusual way. Pack it again and try once more."
    ),
    "zip_members": _l("The ZIP file holds more than %(most)s files. Pack only the layer you need."),
    "zip_bomb": _l(
        "Unpacked, the ZIP file would be far larger than it may be. Pack only the layer you need."
    ),
    "zip_names": _l(
        "The ZIP file has names that reach outside its own folder. It was not opened. Pack the files again."
    ),
    "zip_links": _l("The ZIP file holds links to other files. It was not opened. Pack the files themselves."),
    "zip_password": _l("The ZIP file has a password. Pack it again without one."),
    "zip_nothing": _l(
        "In the ZIP file there is no shapefile and no other file that can be imported. A ZIP inside a ZIP"
        " is not opened."
    ),
    "zip_several": _l("The ZIP file holds %(count)s files to choose from. Bring them one by one."),
    "truncated": _l(
        "The file ends before its data does. It was probably not copied whole: copy or save it again."
    ),
    "too_deep": _l("What is inside is nested more than %(most)s levels deep, which no map needs."),
    "too_many_vertices": _l(
        "There are more than %(most)s points in the lines and areas. Simplify them in QGIS first (Vector,"
        " Geometry Tools, Simplify)."
    ),
    "too_many_features": _l("There are more than %(most)s features. Save only those you need."),
    "too_many_fields": _l("There are more than %(most)s fields. Save only those you need."),
    "xml_entities": _l(
        "The file declares entities or a document type, which map data has no use for. It was not opened."
    ),
    "xml_damaged": _l(
        "The file is not well-formed XML. It was probably not copied whole: copy or save it again."
    ),
    "shp_damaged": _l("The .shp file in the ZIP is damaged. Save the shapefile again."),
    "gpkg_damaged": _l("The GeoPackage is damaged. Open it in QGIS and save its layers into a new one."),
    "gpkg_virtual": _l(
        "The GeoPackage holds tables that compute their content when they are read. It was not opened. "
        "Save the layers into a new GeoPackage."
    ),
    "not_gpkg": _l("This is a database, but not a GeoPackage."),
    "damaged": _l("The file could not be read: %(reason)s"),
    "no_layers": _l("The file has no layers."),
    "no_layer": _l("The file has no layer “%(layer)s”."),
    "no_column": _l("The table has no column “%(field)s”."),
    "csv_head": _l("The first line of the table must name its columns."),
    "csv_damaged": _l("The table cannot be read at line %(line)s. Check its quotation marks."),
    "encoding_not": _l("The text is not written in %(encoding)s. Choose another encoding."),
    "encoding_unknown": _l("The encoding “%(encoding)s” is not known."),
    "crs_missing": _l("The file does not say its coordinate system. Choose it first."),
    "crs_unknown": _l("The coordinate system “%(name)s” is not known. Choose one from the list."),
}

ABOUT_LAYER: dict[str, Any] = {
    "empty_layer": _l("The layer has no features."),
    "no_geometries": _l(
        "This is a table without geometry: there is nothing to draw. Join it to a layer in QGIS and bring"
        " that."
    ),
    "choose_columns": _l("Say which columns hold the coordinates, or the geometry as WKT."),
    "heights_dropped": _l("Heights (Z) are left out: the map has two dimensions."),
    "mixed": _l("The layer mixes kinds of geometry: %(types)s."),
    "encoding_guessed": _l(
        "The file does not say in which letters its text is written; %(encoding)s fits. Check accents."
    ),
    "encoding_wrong": _l(
        "The file says its text is %(said)s, but it is not; %(encoding)s was used. Check accents."
    ),
    "binary_dropped": _l("The field “%(field)s” holds binary data and is left out."),
    "rough_shift": _l(
        "No exact shift from %(name)s to the map's system is known here: places may be off by many metres."
    ),
}

ABOUT_FEATURE: dict[str, Any] = {
    "no_geometry": _l("It has no geometry."),
    "shape_unknown": _l("Its geometry cannot be understood."),
    "not_finite": _l("It has a coordinate that is not a number."),
    "off_earth": _l("It lies nowhere on the earth in this coordinate system."),
    "mended": _l(
        "Its outline crossed or touched itself near %(lon)s, %(lat)s and was mended (area changed by "
        "%(percent)s %%)."
    ),
    "not_mendable": _l("Its outline is broken near %(lon)s, %(lat)s and could not be mended."),
    "no_length": _l("It is a line without length."),
    "collection": _l("It mixes points, lines and areas in one feature. Split it in QGIS."),
    "far": _l("It lies %(km)s km away from the city."),
    "text_cut": _l("The text in “%(field)s” is longer than %(most)s characters and was cut."),
}

WORDS = ABOUT_FILE | ABOUT_LAYER | ABOUT_FEATURE


def words(fault: Fault) -> str:
    """The fault in the reader's language."""
    return str(WORDS[fault.code]) % dict(fault.values)


class Unreadable(MobilityError):
    """The file cannot be read, or shall not be: `fault` is why."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = _l("This file cannot be used as it is")

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(words(fault))
