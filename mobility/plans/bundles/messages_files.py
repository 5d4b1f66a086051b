"""Words for faults of files and single values."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from mobility.plans.bundles.message import Message

MESSAGES: dict[str, Message] = {
    # ── the file as a whole ──
    "missing-file": Message(
        "missing-file", _l("The file is missing."), _l("Add it; docs/bundle.md lists the files of a bundle.")
    ),
    "not-a-file": Message(
        "missing-file", _l("This is not a regular file."), _l("Put a plain file with this name here.")
    ),
    "outside-bundle": Message(
        "outside-bundle",
        _l("The file is a link that leads out of the bundle."),
        _l("Copy the file itself into the bundle."),
    ),
    "too-large": Message(
        "too-large",
        _l("The file has %(size)s bytes; at most %(limit)s are read."),
        _l("Check that it is the right file; simplify the geometries or leave out what is not needed."),
    ),
    "unreadable": Message(
        "missing-file", _l("The file cannot be opened: %(reason)s."), _l("Check who may read the file.")
    ),
    "not-utf8": Message(
        "not-utf8",
        _l("Byte %(byte)s is not UTF-8."),
        _l("Save the file in UTF-8, without byte-order mark."),
    ),
    "truncated": Message(
        "truncated",
        _l("The file breaks off at line %(line)s."),
        _l("Copy or export it again; the last download or save did not finish."),
    ),
    "not-json": Message(
        "not-json",
        _l("Not JSON: line %(line)s, column %(column)s cannot be read."),
        _l("Correct that place, or export the layer again."),
    ),
    "too-deep": Message(
        "not-json",
        _l("Lists and objects are nested more than %(limit)s deep."),
        _l("Export the layer again as plain GeoJSON."),
    ),
    "not-toml": Message(
        "not-toml",
        _l("Not TOML: %(reason)s."),
        _l("Correct that line; texts stand in quotation marks, dates do not."),
    ),
    "not-geojson": Message(
        "not-geojson",
        _l("The file is not a GeoJSON FeatureCollection."),
        _l("Export the layer as GeoJSON (RFC 7946): a “FeatureCollection” with a list of “features”."),
    ),
    "not-a-feature": Message(
        "not-geojson",
        _l("This entry is not a GeoJSON Feature with properties and a geometry."),
        _l("Export the layer again as GeoJSON (RFC 7946), or delete the entry."),
    ),
    "no-features": Message(
        "missing-key", _l("The collection holds no feature."), _l("Add at least one feature.")
    ),
    "one-feature": Message(
        "not-geojson",
        _l("The layer holds %(count)s features; exactly one is expected."),
        _l("Merge the areas into one MultiPolygon."),
    ),
    "format-version": Message(
        "format-version",
        _l("The format is %(found)s; this version reads 1."),
        _l("Write format = 1 at the top of the file."),
    ),
    # ── single values ──
    "missing-key": Message("missing-key", _l("“%(name)s” is missing."), _l("Add it.")),
    "unknown-key": Message(
        "unknown-key",
        _l("“%(name)s” is not a known name."),
        _l("Correct the spelling, or delete it. Known here: %(known)s."),
    ),
    "unknown-key-near": Message(
        "unknown-key", _l("“%(name)s” is not a known name."), _l("Did you mean “%(near)s”?")
    ),
    "wrong-type": Message("wrong-type", _l("This is %(found)s, not %(wanted)s."), _l("Write %(wanted)s.")),
    "not-allowed": Message(
        "not-allowed", _l("“%(value)s” is not allowed."), _l("Write one of: %(allowed)s.")
    ),
    "repeated-value": Message(
        "not-allowed", _l("“%(value)s” stands twice in the list."), _l("Delete one of the two.")
    ),
    "number-range": Message(
        "not-allowed",
        _l("%(value)s is out of range."),
        _l("Write a number from %(low)s to %(high)s."),
    ),
    "too-few": Message("missing-key", _l("At least one entry is needed."), _l("Add an entry.")),
    "too-many": Message(
        "not-allowed",
        _l("There are %(count)s entries; at most %(limit)s are allowed."),
        _l("Merge entries, or leave some out."),
    ),
    "bad-pattern": Message(
        "bad-pattern",
        _l("“%(value)s” does not have the expected form."),
        _l("Write it like “%(example)s”."),
    ),
    "too-long": Message(
        "too-long",
        _l("The text has %(count)s characters; at most %(limit)s fit."),
        _l("Shorten it."),
    ),
    "blank": Message("blank", _l("The text is empty."), _l("Write a text, or leave the property out.")),
    "missing-language": Message(
        "missing-language", _l("The text in “%(language)s” is missing."), _l("Add the translation.")
    ),
    "unknown-language": Message(
        "unknown-language",
        _l("“%(language)s” is not a language of the plan."),
        _l("Delete this translation, or add the language to plan.languages."),
    ),
    "uneven-lists": Message(
        "uneven-lists",
        _l("The lists do not have the same number of entries in every language."),
        _l("Give each entry in every language, in the same order."),
    ),
    "markup": Message(
        "markup",
        _l("The text holds tags or control characters."),
        _l("Write plain text on one line, without HTML."),
    ),
    "duplicate-code": Message(
        "duplicate-code",
        _l("“%(code)s” is used already by %(other)s."),
        _l("Give each its own."),
    ),
    "id-differs": Message(
        "not-allowed",
        _l("The feature's id “%(value)s” differs from its code “%(code)s”."),
        _l("Delete the id, or make it equal to the code."),
    ),
    "unknown-reference": Message(
        "unknown-reference",
        _l("“%(value)s” does not exist."),
        _l("Add it, or name one that exists: %(known)s."),
    ),
    "unknown-reference-near": Message(
        "unknown-reference", _l("“%(value)s” does not exist."), _l("Did you mean “%(near)s”?")
    ),
    "accuracy": Message(
        "accuracy",
        _l("%(value)s is not a possible accuracy."),
        _l("Write metres: more than 0 and at most 5000."),
    ),
    "not-finite": Message(
        "not-finite",
        _l("The value is not a number or infinite."),
        _l("Write a number, or leave the property out."),
    ),
}

KINDS_OF_VALUE = {
    "string": _l("a text in quotation marks"),
    "integer": _l("a whole number"),
    "number": _l("a number"),
    "boolean": _l("true or false"),
    "list": _l("a list"),
    "table": _l("a table or object"),
    "tables": _l("a list of tables"),
    "i18n": _l("an object with one text for each language"),
    "i18n-list": _l("an object with one list of texts for each language"),
    "local-time": _l("a local date and time such as 2026-05-01T08:00:00"),
    "nothing": _l("nothing (null)"),
    "date": _l("a date"),
    "flat": _l("a text, a number, true or false, or one text for each language"),
}
