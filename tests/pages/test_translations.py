"""Italian is complete: every text of code and templates has its translation, with the same placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS: dict[str, Any] = {
    "_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "lazy_ngettext": (1, 2),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")
SPOKEN_TO = re.compile(r"\b(?:tuo|tua|tuoi|tue|puoi|scegli|clicca)\b", re.IGNORECASE)
"""Words of the familiar form, which the interface does not use."""


def forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


@pytest.fixture(scope="module")
def texts(root: Path) -> set[tuple[str, ...]]:
    """Every text of the interface, singular and plural together."""
    found = extract_from_dir(root / "mobility", method_map=METHODS, keywords=KEYWORDS)
    return {forms(message) for _file, _line, message, _comments, _context in found}


@pytest.fixture(scope="module")
def italian(root: Path) -> Catalog:
    path = root / "mobility" / "translations" / "it" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return pofile.read_po(file, locale="it")


def entries(catalog: Catalog) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    for message in catalog:
        if message.id:
            yield forms(message.id), forms(message.string)


def test_texts_are_found(texts: set[tuple[str, ...]]) -> None:
    assert len(texts) > 800
    assert ("%(num)s measure", "%(num)s measures") in texts


def test_every_text_is_translated(texts: set[tuple[str, ...]], italian: Catalog) -> None:
    done = {ids for ids, strings in entries(italian) if all(strings)}
    assert sorted(texts - done) == []


def test_no_translation_is_left_over(texts: set[tuple[str, ...]], italian: Catalog) -> None:
    assert sorted({ids for ids, _strings in entries(italian)} - texts) == []
    assert not italian.obsolete


def test_no_translation_is_a_guess(italian: Catalog) -> None:
    assert [message.id for message in italian if message.fuzzy] == []


def test_placeholders_are_kept(italian: Catalog) -> None:
    wrong = [
        (said, text)
        for ids, strings in entries(italian)
        for said, text in zip(ids, strings, strict=True)
        if placeholders(text) not in (placeholders(said), placeholders(ids[-1]))
    ]
    assert wrong == []


def test_translations_can_be_compiled(italian: Catalog) -> None:
    assert [(message.id, faults) for message, faults in italian.check()] == []


def test_people_are_spoken_to_formally(italian: Catalog) -> None:
    assert [text for _ids, strings in entries(italian) for text in strings if SPOKEN_TO.search(text)] == []


def test_edges_and_ends_agree(italian: Catalog) -> None:
    """No text gains or loses the space, full stop, colon or question mark at its end."""
    ends = (" ", ".", ":", "?", "…")
    wrong = [
        (ids[-1], text)
        for ids, strings in entries(italian)
        for text in strings
        for end in ends
        if ids[-1].endswith(end) != text.endswith(end)
    ]
    assert wrong == []
