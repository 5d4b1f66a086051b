"""The two forms of Open311 answers, XML and JSON, made from one tree so that they say the same. Pure.

A tree is a mapping, a list of trees, a text, a number, a truth value or None. In XML an entry of a list gets
the name that the specification gives it; None is an empty element.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.ElementTree import ParseError, fromstring

FORMATS = ("xml", "json")
MEDIA = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
ENTRIES = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
"""Name of a list → name of its entries."""
UNWRITABLE = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that XML cannot hold; they are left out of both forms."""


def plain(tree: Any) -> Any:
    """The tree with texts that both forms can hold."""
    if isinstance(tree, Mapping):
        return {name: plain(value) for name, value in tree.items()}
    if isinstance(tree, str):
        return UNWRITABLE.sub("", tree.replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(tree, Sequence):
        return [plain(entry) for entry in tree]
    return tree


def as_json(_root: str, tree: Any) -> bytes:
    """A list or mapping without the name of its root, as the specification has it."""
    return json.dumps(plain(tree), ensure_ascii=False, separators=(",", ":")).encode()


def as_xml(root: str, tree: Any) -> bytes:
    """The document with its declaration."""
    top = Element(root)
    _fill(top, root, plain(tree))
    head = b'<?xml version="1.0" encoding="utf-8"?>\n'
    return head + tostring(top, encoding="unicode", short_empty_elements=True).encode()


def _fill(element: Element, name: str, tree: Any) -> None:
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            _fill(SubElement(element, key), key, value)
    elif isinstance(tree, list):
        entry = ENTRIES.get(name, "item")
        for value in tree:
            _fill(SubElement(element, entry), entry, value)
    elif isinstance(tree, bool):
        element.text = "true" if tree else "false"
    elif tree is not None:
        element.text = str(tree)


def write(form: str, root: str, tree: Any) -> bytes:
    """The tree in one of the two forms."""
    return as_xml(root, tree) if form == "xml" else as_json(root, tree)


def read(form: str, body: bytes) -> Any:
    """The tree of an answer: entries of lists without their names, leaves as texts. Raises ValueError."""
    if form == "json":
        return _as_texts(json.loads(body.decode("utf-8-sig")))
    try:
        top = fromstring(body)
    except (ParseError, ValueError) as error:
        raise ValueError("not XML") from error
    return _tree(top)


def _tree(element: Element) -> Any:
    if element.tag in ENTRIES:
        return [_tree(child) for child in element]
    if len(element):
        return {child.tag: _tree(child) for child in element}
    return element.text or ""


def _as_texts(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {name: _as_texts(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_as_texts(entry) for entry in tree]
    if isinstance(tree, bool):
        return "true" if tree else "false"
    return "" if tree is None else str(tree)
